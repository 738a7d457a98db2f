import { createSite, inMemoryTransport, parseWith, runFederation, simulatedRandomness } from '@fedward/core';
import { tableSchema, type ImputationMethod, type TableSchema, type TableSchemaInput } from '@fedward/kit-tables';
import { describe, expect, it } from 'vitest';
import {
  fitImputationFederated,
  fitRecords,
  heartDiseaseAllSchema,
  imputationPlan,
  imputationRecords,
  imputationSums,
  readHeartDisease,
  sumOfAnswers,
  type ImputationModel,
  type ImputationRecords,
  type ImputationSumsOptions,
} from '../index.js';
import { sumsOfAll } from './sums.js';
import { pooled, rawSchema, readRawHospitals, rowsOf } from './testing/raw-heart-disease.js';

const dataDir = process.env['FEDWARD_DATA'];

/** Rounds of `runFederation`, a plan a question, in which each hospital is a site. */
function overSites(sites: readonly ImputationRecords[], seen: string[] = []) {
  return async (options: ImputationSumsOptions) => {
    const plan = imputationPlan(options, { name: 'what is missing', seed: 1 });
    const clients = sites.map((data, i) =>
      createSite({ id: `h${i}`, plan, data, query: imputationSums(options), randomness: simulatedRandomness(1) }),
    );
    const { model, rounds } = await runFederation({
      ...{ runId: `question-${seen.length}`, plan, transport: inMemoryTransport(clients) },
      aggregator: sumOfAnswers(options),
    });
    seen.push(`${options.question.ask} of ${rounds[0]!.participants.length}`);
    return model.values;
  };
}

/** The largest difference of two models' numbers, over the larger of 1 and the number. */
function difference(a: ImputationModel, b: ImputationModel): number {
  const numbers = ({ constants, ridge }: ImputationModel) => [
    ...constants.map((x) => x ?? 0),
    ...(ridge ? [...ridge.centers, ...ridge.spreads, ...ridge.start] : []),
    ...(ridge?.steps.flatMap(({ intercepts, weights }) => [...intercepts, ...weights.flat()]) ?? []),
  ];
  const [first, second] = [numbers(a), numbers(b)];
  expect(first).toHaveLength(second.length);
  return first.reduce((most, x, i) => Math.max(most, Math.abs(x - second[i]!) / Math.max(1, Math.abs(x))), 0);
}

describe.skipIf(!dataDir)('an imputation that is fitted over four hospitals, 920 rows (needs FEDWARD_DATA)', () => {
  const sitesOf = async (schema: ReturnType<typeof rawSchema>) =>
    (await readRawHospitals(dataDir!, schema)).map((table) => imputationRecords(table, rowsOf(table)));

  it('is that of the pooled rows to 1e-9 by rounds of runFederation: chained ridge regressions', async () => {
    const schema = rawSchema('ridge', { iterations: 2 });
    const sites = await sitesOf(schema);
    const seen: string[] = [];
    const federated = await fitImputationFederated(schema, overSites(sites, seen));
    expect(federated.fitted).toBe('federation');
    expect(seen).toEqual(['means of 4', 'spreads of 4', ...Array<string>(2 * 13).fill('products of 4')]);
    expect(difference(federated, fitRecords(pooled(sites), schema.imputation!))).toBeLessThan(1e-9);
  });

  it('and after ten iterations, in process', async () => {
    for (const units of ['deviations', 'recorded'] as const) {
      const schema = rawSchema('ridge', { units });
      const sites = await sitesOf(schema);
      const federated = await fitImputationFederated(schema, async (options) => sumsOfAll(options, sites));
      expect(federated.ridge!.steps).toHaveLength(130);
      expect(difference(federated, fitRecords(pooled(sites), schema.imputation!))).toBeLessThan(1e-7);
    }
  });

  it('of all kinds of columns, learned from the training parts alone', async () => {
    const hospitals = await readHeartDisease(dataDir!);
    const sites = hospitals.map(
      ({ records, testing }) =>
      imputationRecords(records, [...testing.keys()].filter((row) => !testing[row])), // prettier-ignore
    );
    expect(sites.map(({ count }) => count)).toEqual([199, 205, 107, 155]);
    const federated = await fitImputationFederated(heartDiseaseAllSchema, async (options) => sumsOfAll(options, sites));
    expect(difference(federated, fitRecords(pooled(sites), heartDiseaseAllSchema.imputation!))).toBeLessThan(1e-7);
  });

  it('means and medians: the first to 1e-12, the second to half of 64^-4 of their bounds', async () => {
    const ranges = [[28, 77], [0, 1], [1, 4], [0, 200], [0, 603], [0, 1], [0, 2], [60, 202], [0, 1], [-2.6, 6.2], [1, 3], [0, 3], [3, 7]]; // prettier-ignore
    for (const [method, tolerance] of [
      ['mean', 1e-12],
      ['median', 64 ** -4 / 2 + 1e-15],
    ] as const) {
      // prettier-ignore
      const raw = rawSchema(method);
      const schema = {
        ...raw,
        columns: raw.columns.map((column, i) => ({ ...column, allowed: ranges[i] }) as (typeof raw.columns)[number]),
      };
      const sites = await sitesOf(schema);
      const seen: string[] = [];
      const federated = await fitImputationFederated(schema, overSites(sites, seen));
      expect(seen).toHaveLength(method === 'mean' ? 1 : 4);
      const exact = fitRecords(pooled(sites), schema.imputation!);
      federated.constants.forEach((value, i) => {
        const width = ranges[i]![1]! - ranges[i]![0]!;
        expect(Math.abs(value! - exact.constants[i]!)).toBeLessThanOrEqual(tolerance * Math.max(1, width));
      });
    }
  });
});

describe('what can not be learned from sums', () => {
  const label = { name: 'y', kind: 'value' } as const;
  const parse = (column: TableSchemaInput['columns'][number]): TableSchema =>
    parseWith(tableSchema, { columns: [column], label }, 'the schema');
  const number = (impute: ImputationMethod, more: object = {}) =>
    parse({ name: 'age', kind: 'numeric', missing: { impute }, ...more });
  const never = () => Promise.reject(new Error('somebody was asked'));

  it.each([
    ['near records', number('knn'), false, /near records are no sum/],
    ['the most common number', number('mode'), false, /most common is no sum/],
    ['a median without bounds', number('median'), false, /declare "allowed" or "range"/],
    ['a regression with a price', number('ridge', { allowed: [0, 110] }), true, /can have no price/],
    ['a mean with a price and without bounds', number('mean'), true, /declare "allowed" or "range"/],
  ])('%s: refused before anybody is asked', async (_, schema, priced, message) => {
    const refused = { code: 'CONFIG_INCOMPATIBLE', subject: 'age', message: expect.stringMatching(message) as string };
    await expect(fitImputationFederated(schema, never, { priced })).rejects.toMatchObject(refused);
  });

  it('a column of which nobody has a value, and sums that are none', async () => {
    const nothing = fitImputationFederated(number('mean'), async () => [0, 0]);
    await expect(nothing).rejects.toMatchObject({ code: 'DATA_EMPTY', subject: 'age' });
    const infinite = fitImputationFederated(number('mean'), async () => [1, Infinity]);
    await expect(infinite).rejects.toMatchObject({ code: 'UPDATE_NOT_FINITE' });
  });

  it('with a price, means are of what is cut to its bounds', async () => {
    const asked: ImputationSumsOptions[] = [];
    const model = await fitImputationFederated(
      number('mean', { range: [0, 100] }),
      async (options) => {
        asked.push(options);
        return [4, 2]; // a mean of 0.5 within -1 and 1
      },
      { priced: true },
    );
    expect(asked.map(({ question }) => question)).toEqual([{ ask: 'means', of: [0], bounded: true }]);
    expect(model.constants).toEqual([75]);
  });
});
