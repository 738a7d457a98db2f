import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePreprocessing, preprocessed, readStudy, parseStudySchema, parsePartition } from '@fedward/data-medical';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { study } from './study.js';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedward-partition-'));
  file = join(folder, 'wards.csv');
  writeFileSync(file, table());
  writeFileSync(join(folder, 'schema.json'), JSON.stringify(schema));
});
afterAll(() => rmSync(folder, { recursive: true }));

const schema = {
  ...{ title: 'Made-up wards', origin: 'nowhere', licence: 'CC0-1.0' },
  columns: [
    { name: 'age', kind: 'numeric', unit: 'years' },
    { name: 'bp', kind: 'numeric', unit: 'mmHg', missing: 'drop-row' },
  ],
  label: {
    ...{ name: 'ill', kind: 'class' },
    classes: [
      { name: 'well', values: [0] },
      { name: 'ill', values: [1] },
    ],
  },
  patientId: 'patient',
};

/** 120 patients with two rows each, at three towns; every tenth row lacks the blood pressure. */
function table(): string {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const patient = Math.floor(i / 2);
    return [`p${patient}`, ['Åby', 'Bree', 'Cork'][patient % 3], i % 2, 20 + (patient % 60), i % 10 === 0 ? '' : 100 + (i % 40), patient % 2].join(); // prettier-ignore
  });
  return ['patient,town,visit,age,bp,ill', ...rows].join('\n');
}

const load = (partition: string, more = {}) =>
  study.load({
    ...{ dataDir: file, schemaFile: join(folder, 'schema.json'), seed: 3 },
    partition: parsePartition(partition),
    ...more,
  });

describe('one table, parted', () => {
  it.each(['column:town', 'iid:3', 'dirichlet:3:0.5', 'quantity:3:1', 'feature:3:age'])(
    '%s: each row is at one hospital, each patient whole and on one side',
    async (partition) => {
      const { ids, hospital } = await load(partition);
      expect(ids).toHaveLength(3);
      const at = new Map<string, string>();
      let rows = 0;
      for (const id of ids) {
        const { train, test, rows: counts } = hospital(id);
        rows += train.count + test.count;
        expect(counts!.used).toBe(train.count + test.count);
        for (const [side, part] of [
          ['train', train],
          ['test', test],
        ] as const)
          // prettier-ignore
          for (const patient of part.patientIds!) {
            const place = `${id} ${side}`;
            expect(at.get(patient) ?? place).toBe(place);
            at.set(patient, place);
          }
      }
      expect(rows).toBe(216);
      expect(at.size).toBe(120);
    },
  );

  it('goes by a column, and by the values of a feature', async () => {
    expect((await load('column:town')).ids).toEqual(['Bree', 'Cork', 'Åby']);
    const { ids, hospital } = await load('feature:3:age', { schemaFile: withRange() });
    const means = ids.map((id) => hospital(id).train.features.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b, 0) / hospital(id).train.count); // prettier-ignore
    expect(means[0]!).toBeLessThan(means[1]! - 0.3);
    expect(means[1]!).toBeLessThan(means[2]! - 0.3);
  });

  it('says how it was parted and what is not there, and is the same again', async () => {
    const one = await load('dirichlet:3:0.5');
    expect(one.notices!.join('\n')).toMatch(
      /was parted among 3 hospitals of a simulation \(dirichlet\)\.\nOf the table, before it was parted: 216 of 240 rows used; left out: 24 with no value in bp\./,
    );
    expect((await load('dirichlet:3:0.5')).inputs).toEqual(one.inputs);
    expect((await load('dirichlet:3:0.6')).inputs).not.toEqual(one.inputs);
  });

  it('reads a folder of records as one hospital, however many files it has', async () => {
    const records = join(folder, 'records');
    mkdirSync(records);
    const ids = Array.from({ length: 40 }, (_, i) => `p${i}`);
    const line = (resource: object) => JSON.stringify(resource);
    const patient = (id: string, i: number) =>
      line({ resourceType: 'Patient', id, gender: i % 2 ? 'male' : 'female', birthDate: `19${30 + i}-05-01` });
    const drug = (id: string) =>
      line({ resourceType: 'Condition', subject: { reference: `Patient/${id}` }, recordedDate: '2001-01-01' });
    writeFileSync(join(records, 'Patient.ndjson'), ids.map(patient).join('\n'));
    writeFileSync(join(records, 'Condition.ndjson'), ids.map(drug).join('\n'));
    const schemaFile = join(folder, 'fhir.json');
    const columns = {
      ...{ sex: { path: 'gender' }, age: { path: 'birthDate', as: 'ageAtIndex' } },
      ill: { resource: 'Condition', within: 'ever', aggregate: 'count' },
    };
    writeFileSync(
      schemaFile,
      JSON.stringify({
        fhir: { index: { date: '2003-06-30' }, columns },
        columns: [{ name: 'age', kind: 'numeric' }, { name: 'ill', kind: 'numeric', range: [0, 2] }], // prettier-ignore
        label: { name: 'sex', kind: 'class', classes: ['female', 'male'].map((name) => ({ name, values: [name] })) },
      }),
    );
    const { ids: hospitals, hospital } = await load('iid:2', { dataDir: records, schemaFile });
    const parts = hospitals.map(hospital).flatMap(({ train, test }) => [train, test]);
    expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(40);
    // One condition each: 1 of 0 to 2 is the middle.
    for (const { features, count } of parts)
      expect([...features].filter((_, i) => i % 2)).toEqual(Array(count).fill(0));
  });

  it('refuses a patient at two sites, a table that no one says how to part, and a column that is none', async () => {
    await expect(load('column:visit')).rejects.toThrow(/a patient has rows at two sites/);
    await expect(study.load({ dataDir: file, schemaFile: join(folder, 'schema.json'), seed: 1 })).rejects.toThrow(
      /wards\.csv is a file, which is one hospital's.*--partition column:NAME or iid:HOSPITALS/,
    );
    await expect(load('feature:3:town')).rejects.toThrow(/column "town" is none of the features/);
    for (const wrong of ['random:3', 'iid', 'iid:0', 'dirichlet:3', 'dirichlet:3:-1', 'iid:3:4'])
      expect(() => parsePartition(wrong)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

describe('a data sheet', () => {
  it('has files, rows, what is missing, units and terms', async () => {
    const { hospital, ids } = await load('iid:3');
    const sheets = ids.map((id) => hospital(id).sheet!);
    for (const sheet of sheets)
      expect(sheet).toMatchObject({
        ...{ title: 'Made-up wards', origin: 'nowhere', licence: 'CC0-1.0' },
        files: [{ name: 'wards.csv', bytes: Buffer.byteLength(table()) }],
        units: { age: 'years', bp: 'mmHg' },
        missing: [],
      });
  });
});

describe('what was fitted', () => {
  it('is kept, and gives a new patient the same features', async () => {
    for (const standardization of ['site', 'federation']) {
      const schemaFile = without('', { standardization });
      const { hospital, ids, notices } = await load('iid:2', { schemaFile });
      const { preprocessing, train } = hospital(ids[0]!);
      const again = parsePreprocessing(JSON.parse(JSON.stringify(preprocessing)));
      expect(again.fittedOn).toBe(standardization);
      const other = hospital(ids[1]!).preprocessing!;
      expect(JSON.stringify(other.scalings) === JSON.stringify(again.scalings)).toBe(standardization === 'federation');
      expect(/sums of squares/.test(notices!.join())).toBe(standardization === 'federation');
      const { records } = await readStudy(file, parseStudySchema(schema, 'the schema'));
      const rows = new Map(records.patientIds!.map((id, row) => [`${id} ${records.labels[row]}`, row]));
      const fresh = preprocessed(records, again);
      const row = rows.get(`${train.patientIds![1]} ${train.labels[1]}`)!;
      const candidates = [row, row - 1].map((r) => [...fresh.features.subarray(2 * r, 2 * r + 2)]);
      expect(candidates).toContainEqual([...train.features.subarray(2, 4)]);
    }
  });

  it('on all hospitals together is refused under any price, that of a hospital too', async () => {
    const schemaFile = join(folder, 'federation.json');
    writeFileSync(schemaFile, JSON.stringify({ ...schema, standardization: 'federation' }));
    expect((await load('iid:3', { schemaFile })).notices!.join()).toContain('Each hospital told the others');
    await expect(load('iid:3', { schemaFile, priced: 'hospital' })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringContaining('count, sums and sums of squares') as string,
    });
    expect((await load('iid:3', { priced: 'hospital' })).ids).toHaveLength(3);
  });

  it('on all hospitals together is what it would be on the pooled training parts', async () => {
    const { hospital, ids } = await load('iid:4', { schemaFile: without('', { standardization: 'federation' }) });
    const { scalings } = hospital(ids[0]!).preprocessing!;
    const all = ids.flatMap((id) => {
      const { train } = hospital(id);
      return Array.from(
        { length: train.count },
        (_, i) => train.features[2 * i]! * scalings[0]!.spread! + scalings[0]!.center,
      );
    });
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    const deviation = Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (all.length - 1));
    expect(scalings[0]!.center).toBeCloseTo(mean, 5);
    expect(scalings[0]!.spread).toBeCloseTo(deviation, 5);
    expect(hospital(ids[0]!).train.sharedStatistics).toContain('all hospitals');
  });
});

let n = 0;
function without(column: string, more = {}): string {
  const path = join(folder, `schema-${n++}.json`);
  writeFileSync(
    path,
    JSON.stringify({ ...schema, columns: schema.columns.filter(({ name }) => name !== column), ...more }),
  );
  return path;
}

function withRange(): string {
  return without('', { columns: schema.columns.map((column) => ({ ...column, range: [0, 100] })) });
}
