import { createSite, inMemoryTransport, parseWith, Random, runFederation, SeededNoise, simulatedRandomness } from '@fedward/core'; // prettier-ignore
import {
  fitImputationFederated,
  imputationPlan,
  imputationSums,
  sumOfAnswers,
  type ImputationRecords,
  type ImputationSumsOptions,
} from '@fedward/data-medical';
import { tableSchema } from '@fedward/kit-tables';
import { noisyAnswers } from '@fedward/privacy-dp';
import { pldAccountant } from '@fedward/privacy-dp/accounting';
import { secureAggregation } from '@fedward/privacy-secagg';
import { expect, it } from 'vitest';

const columns = [
  { name: 'age', kind: 'numeric', range: [0, 110], missing: { impute: 'mean' } },
  { name: 'pressure', kind: 'numeric', allowed: [40, 300], missing: { impute: 'median' } },
  { name: 'stage', kind: 'categorical', levels: ['I', 'II', 'III'], missing: { impute: 'mode' } },
] as const;
const label = { name: 'y', kind: 'value' } as const;
const schema = parseWith(tableSchema, { columns, label }, 'the schema');

/** One value in ten is missing. */
function hospital(k: number, of: ImputationRecords['columns']): ImputationRecords {
  const random = new Random(`hospital ${k}`);
  const count = 800 + 400 * k;
  const draw = [
    () => Math.round(60 + 10 * random.normal()),
    () => Math.round(130 + 15 * random.normal()),
    () => (random.bernoulli(0.6) ? 1 : 2 * Number(random.bernoulli(0.5))),
  ];
  return {
    ...{ count, columns: of },
    values: Float64Array.from({ length: 3 * count }, (_, i) => (random.bernoulli(0.1) ? NaN : draw[i % 3]!())),
  };
}

type Protection = { readonly noise: number; readonly unit?: 'record' | 'patient' } | { readonly range: number };

/** Asks three hospitals by rounds of sums, under a mechanism or none; what each round cost comes beside it. */
function asking(protection?: Protection) {
  const spent: number[] = [];
  const secure = { identities: 'simulated', bits: 64 } as const;
  const ask = async (options: ImputationSumsOptions) => {
    const { mechanisms, privacy } =
      protection === undefined
        ? { mechanisms: [], privacy: undefined }
        : 'noise' in protection
          ? {
              mechanisms: [noisyAnswers({ noiseMultiplier: protection.noise })],
              privacy: {
                mechanisms: [{ name: 'noisy-answers', options: { noiseMultiplier: protection.noise } }],
                ...{ accountant: 'pld', delta: 1e-6, unit: protection.unit ?? ('record' as const) },
              },
            }
          : {
              mechanisms: [secureAggregation({ ...secure, range: protection.range })],
              privacy: { mechanisms: [{ name: 'secagg', options: { ...secure, range: protection.range } }] },
            };
    const plan = imputationPlan(options, { name: 'what is missing', seed: 1, ...(privacy && { privacy }) });
    const sites = [0, 1, 2].map((k) =>
      createSite({
        ...{ id: `h${k}`, plan, data: hospital(k, options.columns), query: imputationSums(options), mechanisms },
        randomness: simulatedRandomness(3),
      }),
    );
    const result = await runFederation({
      ...{ runId: `question-${spent.length}`, plan, transport: inMemoryTransport(sites) },
      ...{ aggregator: sumOfAnswers(options), mechanisms },
      ...(protection && 'noise' in protection && { accountant: pldAccountant(), simulationOnly: true }),
      noise: (round) => new SeededNoise(new Random('server').fork(round)),
    });
    spent.push(result.privacy?.epsilon ?? 0);
    return result.model.values;
  };
  return { ask, spent };
}

it('priced by record: means of what is cut, medians and modes, each round charged, near what they are without', async () => {
  const exact = await fitImputationFederated(schema, asking().ask);
  const { ask, spent } = asking({ noise: 4 });
  const noisy = await fitImputationFederated(schema, ask, { priced: true });
  expect(spent).toHaveLength(6); // means, levels, and four rounds for the median
  for (const epsilon of spent) expect(epsilon).toBeGreaterThan(0.5);
  expect(noisy.constants).not.toEqual(exact.constants);
  expect(Math.abs(noisy.constants[0]! - exact.constants[0]!)).toBeLessThan(1);
  expect(Math.abs(noisy.constants[1]! - exact.constants[1]!)).toBeLessThan(5);
  expect(noisy.constants[2]).toBe(exact.constants[2]);
});

it('what nothing bounds is refused at the sites too, whoever asks: plain means, and anything by patient', async () => {
  const refused = { code: 'CONFIG_INCOMPATIBLE', message: expect.stringMatching(/how far one (record|patient) moves/) as string }; // prettier-ignore
  await expect(fitImputationFederated(schema, asking({ noise: 4 }).ask)).rejects.toMatchObject(refused);
  const byPatient = asking({ noise: 4, unit: 'patient' });
  await expect(fitImputationFederated(schema, byPatient.ask, { priced: true })).rejects.toMatchObject(refused);
});

it('under secure aggregation as without, to nine digits', async () => {
  const [open, masked] = await Promise.all(
    [undefined, { range: 2 ** 20 }].map((protection) => fitImputationFederated(schema, asking(protection).ask)),
  );
  masked!.constants.forEach((value, i) => expect(Math.abs(value! / open!.constants[i]! - 1)).toBeLessThan(1e-9));
});
