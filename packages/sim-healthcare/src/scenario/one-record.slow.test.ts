import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planHash, Random, type PrivacyUnit, type TrainingData } from '@fedward/core';
import type { RawRecord } from '@fedward/kit-tables';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from '../run/build-plan.js';
import { clipNorm, clippedSum, distance } from '../testing/clipped-sum.js';
import { findScenario } from './index.js';
import type { Population } from './scenario.js';

const dataDir = process.env['FEDWARD_DATA'];
/** Of sums of at most a few hundred vectors of this length in float32. */
const rounding = 1e-3 * clipNorm;

/** Number of rows that are not among the others, whichever way they are counted. */
function differentRows(a: TrainingData, b: TrainingData): { readonly gone: number; readonly come: number } {
  const rowsOf = ({ count, features, labels, patientIds }: TrainingData) => {
    const width = features.length / count;
    return Array.from({ length: count }, (_, row) =>
      [...features.subarray(row * width, (row + 1) * width), labels[row], patientIds?.[row]].join(),
    );
  };
  const left = new Map<string, number>();
  for (const row of rowsOf(a)) left.set(row, (left.get(row) ?? 0) + 1);
  let come = 0;
  for (const row of rowsOf(b)) {
    const n = left.get(row) ?? 0;
    if (n === 0) come++;
    else left.set(row, n - 1);
  }
  return { gone: [...left.values()].reduce((sum, n) => sum + n, 0), come };
}

/** What anybody sees of a population before a round: nothing of it may hang on a record. */
function seenOf(name: string, population: Population, unit: PrivacyUnit): unknown {
  const { ids, tabulated, inputShape, classes, notices } = population;
  const model = classes === 1 ? 'linear' : 'logistic';
  const plan = buildPlan(
    findScenario(name),
    population,
    { scenario: name, privacy: 'dp-sgd', unit, model },
    allInstalled,
  );
  return { ids, tabulated, inputShape, classes, notices, plan: planHash(plan) };
}

describe('csv: one record more, less or changed, in the file', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-one-record-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const columns = [
    { name: 'marker', kind: 'numeric', range: [-3, 3], missing: 'drop-row' },
    { name: 'when', kind: 'numeric', scale: { center: 20240131120000, spread: 1e6 } },
    { name: 'sex', kind: 'binary', levels: ['f', 'm'] },
    { name: 'pain', kind: 'categorical', levels: ['none', 'mild', 'severe'], dropFirst: true },
  ];
  /** The same cells with all that a schema may do with one number. */
  const moreColumns = [
    { name: 'marker', kind: 'numeric', allowed: [-2, 2], outside: 'cut', scale: { center: 0, spread: 1 }, missing: { fill: 0, indicator: true } }, // prettier-ignore
    { name: 'when', kind: 'numeric', allowed: [1, 1e15], outside: 'missing', transform: 'log10', range: [10, 15], missing: 'drop-row' }, // prettier-ignore
    { name: 'sex', kind: 'binary', levels: ['f', 'm'] },
  ];
  const genes = [
    { name: 'genes', kind: 'vector', shape: [2], from: ['marker', 'when'], allowed: [-3, 3e13], outside: 'cut', zeroIsMissing: true, range: [-3, 3e13], missing: 'drop-row' }, // prettier-ignore
  ];
  const asClass = { name: 'y', kind: 'class', classes: ['0', '1', '2'].map((c) => ({ name: c, values: [c] })) };
  const asValue = { name: 'y', kind: 'value', range: [0, 1.5] };
  const header = 'patient,marker,when,sex,pain,y';
  const random = new Random(11);
  const rows = Array.from({ length: 120 }, (_, i) =>
    [
      `p${Math.floor(i / 2)}`,
      random.normal().toFixed(3),
      20240131120000 + random.integer(0, 3e6),
      random.bernoulli(0.5) ? 'f' : 'm',
      ['none', 'mild', 'severe'][random.integer(0, 3)],
      random.integer(0, 3),
    ].join(','),
  );
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer({ min: -9999, max: 9999 }).map(String),
    fc.constantFrom('9999', '-1e300', '1e300', '0', '-0', '20240131120001'),
  );
  /** Of a patient who is there already, or a new one. */
  const anyRow = fc
    .tuple(
      fc.constantFrom('p0', 'p7', 'p59', 'new', '4711'),
      fc.oneof(number, fc.constantFrom('', 'NA')),
      number,
      fc.constantFrom('f', 'm'),
      fc.constantFrom('none', 'mild', 'severe'),
      fc.constantFrom('0', '1', '2'),
    )
    .map((cells) => cells.join(','));
  /** Which rows are taken out, and what comes in their place. */
  const change = (patients: boolean) =>
    patients
      ? fc.tuple(
          fc.nat(59).map((p) => [2 * p, 2 * p + 1]),
          fc.array(anyRow, { maxLength: 3 }),
        )
      : fc.oneof(
          fc.tuple(
            fc.constant([]),
            anyRow.map((row) => [row]),
          ),
          fc.tuple(
            fc.nat(119).map((i) => [i]),
            fc.constant([]),
          ),
          fc.tuple(
            fc.nat(119).map((i) => [i]),
            anyRow.map((row) => [row]),
          ),
        );

  async function load(lines: readonly string[], schema: object, unit: PrivacyUnit): Promise<Population> {
    writeFileSync(join(folder, 'schema.json'), JSON.stringify({ columns, ...schema }));
    writeFileSync(join(folder, 'ward.csv'), [header, ...lines].join('\n'));
    return findScenario('csv').load({ seed: 1, dataDir: folder, priced: unit });
  }

  it.each([
    ['records', 'record', { label: asClass }],
    ['records of known patients', 'record', { label: asClass, patientId: 'patient' }],
    ['values', 'record', { label: asValue }],
    ['patients', 'patient', { label: asClass, patientId: 'patient' }],
    ['numbers that are cut, missing or turned into logarithms', 'record', { label: asClass, columns: moreColumns }],
    ['the same of patients', 'patient', { label: asClass, patientId: 'patient', columns: moreColumns }],
    ['arrays', 'patient', { label: asClass, patientId: 'patient', columns: genes }],
  ] as const)('moves what leaves by no more than it is allowed to, and nothing else: %s', async (_, unit, schema) => {
    const before = await load(rows, schema, unit);
    const { train } = before.hospital('ward');
    const sum = await clippedSum(train, before.classes, unit);
    const seen = seenOf('csv', before, unit);
    await fc.assert(
      fc.asyncProperty(change(unit === 'patient'), fc.boolean(), async ([gone, come], first) => {
        // Of a protected patient all the rows are that patient's.
        const id = unit === 'patient' ? rows[gone[0]!]!.split(',')[0]! : undefined;
        const added = come.map((row) => (id === undefined ? row : row.replace(/^[^,]*/, id)));
        const kept = rows.filter((__, i) => !(gone as number[]).includes(i));
        const after = await load(first ? [...added, ...kept] : [...kept, ...added], schema, unit);
        const changed = after.hospital('ward').train;
        const units =
          unit === 'patient' ? [gone.length, come.length].filter((n) => n > 0).length : gone.length + come.length;
        const moved = differentRows(train, changed);
        expect(moved.gone).toBeLessThanOrEqual(gone.length);
        expect(moved.come).toBeLessThanOrEqual(come.length);
        expect(distance(sum, await clippedSum(changed, after.classes, unit))).toBeLessThanOrEqual(
          units * clipNorm + rounding,
        );
        expect(seenOf('csv', after, unit)).toEqual(seen);
      }),
      { seed: 20, numRuns: 30 },
    );
  });
});

describe.each(['tutorial', ...(dataDir ? ['heart-disease'] : [])])('%s: one record more', (name) => {
  it('moves the sum by no more than the clip norm, and nobody else’s features', async () => {
    const before = await findScenario(name).load({ seed: 1, dataDir, hospitals: 2, priced: 'record' });
    const { scalings, join: joinedBy } = before.intake!;
    const id = before.ids.at(-1)!;
    const { train } = before.hospital(id);
    const sum = await clippedSum(train, before.classes, 'record');
    const value = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -9999, max: 9999 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: scalings.length, maxLength: scalings.length }),
        fc.nat(before.classes - 1),
        async (features, label) => {
          const record: RawRecord = { features: Float64Array.from(features), label, patientId: 'new' };
          const after = await joinedBy(new Map([[id, [record]]]));
          const { train: changed } = after.hospital(id);
          expect(differentRows(train, changed)).toEqual({ gone: 0, come: 1 });
          expect(distance(sum, await clippedSum(changed, after.classes, 'record'))).toBeLessThanOrEqual(
            clipNorm + rounding,
          );
          for (const other of before.ids.slice(0, -1))
            expect(after.hospital(other).train).toEqual(before.hospital(other).train);
          expect(seenOf(name, after, 'record')).toEqual(seenOf(name, before, 'record'));
        },
      ),
      { seed: 21, numRuns: 3 },
    );
  });
});
