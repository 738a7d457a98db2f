import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undeclaredColumns, type ImputerFit } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  prepareRecords,
  readCsvDataset,
  readCsvRecords,
  standardize,
  type Preparation,
  type TableSchemaInput,
} from './index.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-prepare-'))));
afterAll(() => rm(folder, { recursive: true }));

const label = { name: 'y', kind: 'value' } as const;
const by: Preparation = { split: { testFraction: 0.3, key: 'k' } };

async function prepare(rows: readonly string[], schema: TableSchemaInput, preparation = by) {
  const file = join(folder, 'ward.csv');
  await writeFile(file, ['id,when,age,side,y', ...rows].join('\n'));
  const { records } = await readCsvRecords(file, schema);
  return { file, ...prepareRecords(records, preparation) };
}
const age = { name: 'age', kind: 'numeric', range: [0, 100] } as const;
const when = { name: 'when', kind: 'numeric' } as const;
/** Seconds within a minute: 14 digits, of which float32 has seven. */
const times = Array.from({ length: 40 }, (_, i) => `p${i},202401311200${10 + i},${i},${i % 4 === 0},${i}`);

describe('prepareRecords', () => {
  it('scales before it rounds: times of fourteen digits stay apart', async () => {
    for (const [column, spreadOfSeconds] of [
      [when, Math.sqrt((40 * 41) / 12)], // of 0..39, if all were trained on
      [{ ...when, scale: { center: 20240131120030, spread: 10 } }, 10],
    ] as const) {
      const { train } = await prepare(times, { columns: [column], label, patientId: 'id' });
      const steps = [...train.features].slice(1).map((x, i) => (x - train.features[i]!) * spreadOfSeconds);
      const seconds = [...train.labels].slice(1).map((y, i) => y - train.labels[i]!);
      steps.forEach((step, i) => expect(step / seconds[i]!).toBeCloseTo(steps[0]! / seconds[0]!, 3));
      expect(steps[0]! / seconds[0]!).toBeGreaterThan(0.7);
    }
  });

  it('fits what is not declared on the training part alone, as `standardize` does, or leaves it as it is', async () => {
    const schema = { columns: [age, when], label, patientId: 'id' };
    const small = times.map((row) => row.replace('202401311200', ''));
    const { file, train, test } = await prepare(small, schema);
    const raw = await prepare(small, schema, { ...by, undeclared: 'none' });
    // Said, so that no site trains on it under a price of records.
    for (const part of [train, test]) expect(part.sharedStatistics).toContain('mean and deviation');
    expect(raw.train).not.toHaveProperty('sharedStatistics');
    expect((await prepare(small, { ...schema, columns: [age] })).train).not.toHaveProperty('sharedStatistics');
    const { apply } = standardize(raw.train);
    expect(apply(raw.train).features.length).toBe(train.features.length);
    apply(raw.train).features.forEach((x, i) => expect(train.features[i]).toBeCloseTo(x, 5));
    apply(raw.test).features.forEach((x, i) => expect(test.features[i]).toBeCloseTo(x, 5));
    const dataset = (await readCsvDataset(file, schema)).dataset.features;
    expect([...dataset.subarray(0, 2)]).toEqual([-1, 10]); // declared: scaled; not declared: as recorded
    expect(undeclaredColumns({ columns: (await readCsvRecords(file, schema)).records.schema.columns })).toEqual([
      'when',
    ]);
  });

  it('makes 0 of what is constant in training', async () => {
    const rows = times.map((row) => row.replace(/2024\d+/, '1e30'));
    const { train } = await prepare(rows, { columns: [when], label, patientId: 'id' });
    expect(train.features.every((x) => x === 0)).toBe(true);
  });

  it('cuts values to be predicted to what is declared of them, but is tested on what was recorded', async () => {
    const schema = { columns: [age], label: { ...label, range: [5, 20] as const }, patientId: 'id' };
    const { train, test } = await prepare(times, schema);
    expect(train.labels.every((y) => y >= 5 && y <= 20)).toBe(true);
    expect(train.labels.some((y) => y === 20)).toBe(true);
    expect(test.labels.some((y) => y > 20)).toBe(true);
  });

  it('takes the split that the data bring, by whatever spelling of a value', async () => {
    const split = { column: 'side', test: ['true'] };
    const { train, test } = await prepare(times, { columns: [age], label, split });
    expect([train.count, test.count]).toEqual([30, 10]);
    expect(test.labels.every((y) => y % 4 === 0)).toBe(true);
    const byId = await prepare(times, {
      columns: [age],
      label,
      patientId: 'id',
      split: { column: 'id', test: ['p3'] },
    });
    expect([...byId.test.labels]).toEqual([3]);
  });

  it('refuses a split of its own that has a patient on both sides, a side that is missing, an empty part', async () => {
    const schema = { columns: [age], label, patientId: 'id', split: { column: 'side', test: ['true'] } };
    await expect(prepare([...times, 'p0,1,50,false,3'], schema)).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      subject: 'side',
      message: expect.stringMatching(/line 42: column "side" has a patient on both sides/),
    });
    await expect(prepare([...times, 'p40,1,50,,3'], schema)).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      subject: 'side',
    });
    await expect(prepare(times, { ...schema, split: { column: 'side', test: ['maybe'] } })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringMatching(/the test part is empty/),
    });
  });

  it('takes a number that float32 has not, where it is cut', async () => {
    const rows = [...times, 'p40,1,1e300,true,3'];
    const { train, test } = await prepare(rows, { columns: [age], label, patientId: 'id' });
    expect([...train.features, ...test.features].filter((x) => x === 1)).toHaveLength(1);
    const undeclared = { columns: [{ name: 'age', kind: 'numeric' as const }], label, patientId: 'id' };
    await expect(prepare(rows, undeclared)).rejects.toMatchObject({ code: 'DATA_NOT_FINITE', subject: 'age' });
  });

  it('fills in the constant that is declared, says where, and shares nothing', async () => {
    const rows = times.map((row, i) => (i % 3 === 0 ? row.replace(/,\d+(,(?:true|false))/, ',$1') : row));
    const filled = { ...age, missing: { fill: 75, indicator: true } };
    const { train, test } = await prepare(rows, { columns: [filled], label, patientId: 'id' });
    expect(train.featureNames).toEqual(['age', 'age missing']);
    for (const { features, labels, patientIds } of [train, test])
      labels.forEach((y, i) => {
        const missing = Number(patientIds![i]!.slice(1)) % 3 === 0;
        expect([...features.subarray(2 * i, 2 * i + 2)]).toEqual(missing ? [0.5, 1] : [Math.fround((y - 50) / 50), 0]);
      });
    expect(train).not.toHaveProperty('sharedStatistics');
    // What is 0 or 1 is not standardised.
    const undeclared = { columns: [{ ...filled, range: undefined }], label, patientId: 'id' } as TableSchemaInput;
    const { mean, deviation } = spreadOf(
      (await prepare(rows, undeclared)).train.features.filter((_, i) => i % 2 === 0),
    );
    expect(mean).toBeCloseTo(0, 5);
    expect(deviation).toBeCloseTo(1, 5);
    expect(new Set((await prepare(rows, undeclared)).train.features.filter((_, i) => i % 2 === 1))).toEqual(
      new Set([0, 1]),
    );
  });

  it('takes an imputer that learns from the training part alone, and says so', async () => {
    const rows = times.map((row, i) => (i % 4 === 1 ? row.replace(/,\d+(,(?:true|false))/, ',$1') : row));
    const schema = { columns: [{ ...age, missing: 'impute' as const }], label, patientId: 'id' };
    await expect(prepare(rows, schema)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'age' });
    await expect(readCsvDataset(join(folder, 'nowhere.csv'), schema)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE', // before a file is opened
    });
    const seen: number[] = [];
    const imputer: ImputerFit = (table, trainedOn) => {
      const there = trainedOn.map((row) => table.row(row).values[0]!).filter((value) => !Number.isNaN(value));
      seen.push(...trainedOn.map((row) => table.labels[row]!));
      return {
        sharedStatistics: 'the highest age',
        impute: (row) => {
          if (row.label === 39) return 'the last of them';
          if (Number.isNaN(row.values[0]!)) row.values[0] = Math.max(...there);
          return undefined;
        },
      };
    };
    const { train, test, rows: counts } = await prepare(rows, schema, { ...by, imputer });
    const all = [...train.labels, ...test.labels];
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 39 }, (_, i) => i));
    expect(counts).toEqual({ read: 40, used: 39, dropped: [{ reason: 'the last of them', rows: 1 }] });
    expect(seen.filter((y) => y !== 39)).toEqual([...train.labels]);
    const highest = Math.max(...seen.filter((y) => y % 4 !== 1));
    for (const part of [train, test]) {
      expect(part.sharedStatistics).toBe('the highest age');
      part.labels.forEach((y, i) =>
        expect(part.features[i]).toBe(Math.fround(((y % 4 === 1 ? highest : y) - 50) / 50)),
      );
    }
  });
});

function spreadOf(values: Float32Array) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
