import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyRow, Table } from '@fedward/kit-tables';
import { describe, expect, it } from 'vitest';
import { loadHeartDisease, type MedicalDataset } from '../index.js';
import { markCholesterol } from './marked.js';
import { heartDiseaseSchema } from './schema.js';

const dataDir = process.env['FEDWARD_DATA'];

/** Rows of `heartDiseaseSchema` that lack nothing, whose cholesterol is that of the list. */
function tableOf(cholesterols: readonly number[]): Table {
  const table = new Table('north', heartDiseaseSchema);
  const places = heartDiseaseSchema.columns.map(({ name }) => name);
  cholesterols.forEach((cholesterol, line) => {
    const values = Float64Array.from(places, (name) => (name === 'chol' ? cholesterol : name === 'cp' ? 1 : 0));
    const row = { ...emptyRow(places.length, places.length, heartDiseaseSchema.subgroups!.length), values };
    table.lack(row.missing);
    table.add({ ...row, label: line % 2, line });
  });
  return table;
}

describe('markCholesterol', () => {
  const at = heartDiseaseSchema.columns.findIndex(({ name }) => name === 'chol');

  it('marks the rows that have a 0 and no other, whichever stands before', () => {
    const recorded = [250, 0, 180, 0, 0, 300];
    const marked = markCholesterol(tableOf(recorded));
    expect(marked.rowCount).toBe(6);
    recorded.forEach((cholesterol, i) => {
      const { values, missing } = marked.takeRow(i);
      expect([values[at], missing[at]]).toEqual(cholesterol === 0 ? [200, 1] : [cholesterol, 0]);
      expect(missing.filter((_, column) => column !== at).every((one) => one === 0)).toBe(true);
    });
    expect(marked.missingRows[at]).toBe(3);
    expect(marked.labels).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it('says which rows were left out before', () => {
    const table = tableOf([0, 210]);
    table.drop('no value in trestbps', 3);
    const { dropped } = markCholesterol(table).rows;
    expect(dropped).toEqual([{ reason: 'no value in trestbps', rows: 3 }]);
  });
});

describe.skipIf(!dataDir)('loadHeartDisease with cholesterol marked (needs FEDWARD_DATA)', () => {
  const files = ['cleveland', 'hungarian', 'switzerland', 'va'];
  const column = ({ features, featureNames }: MedicalDataset, name: string): number[] => {
    const place = featureNames.indexOf(name);
    expect(place).toBeGreaterThanOrEqual(0);
    return [...features].filter((_, i) => i % featureNames.length === place);
  };
  /** Rows of a file with all of the ten columns, and the label; and those of them whose cholesterol is 0. */
  const rowsOf = async (file: string): Promise<[number, number]> => {
    const text = await readFile(join(dataDir!, 'heart-disease', `processed.${file}.data`), 'latin1');
    const rows = text.split(/\r?\n/).map((line) => line.split(','));
    const whole = rows.filter((row) => row.length === 14 && [...row.slice(0, 10), row[13]].every((cell) => cell !== '?')); // prettier-ignore
    return [whole.length, whole.filter((row) => Number(row[4]) === 0).length];
  };

  it('has the same 740 patients with 14 features, of which the mark is set where the file has a 0', async () => {
    const [marked, recorded] = [await loadHeartDisease(dataDir!, { cholesterol: 'marked' }), await loadHeartDisease(dataDir!)]; // prettier-ignore
    let patients = 0;
    for (const [i, hospital] of marked.entries()) {
      let marks = 0;
      for (const part of ['train', 'test'] as const) {
        const [own, before] = [hospital[part], recorded[i]![part]];
        const names = own.featureNames;
        expect(names).toHaveLength(14);
        expect(names.filter((name) => name !== 'chol missing')).toEqual(before.featureNames);
        expect(own.labels).toEqual(before.labels);
        for (const name of before.featureNames) if (name !== 'chol') expect(column(own, name)).toEqual(column(before, name)); // prettier-ignore
        const [values, mark, was] = [column(own, 'chol'), column(own, 'chol missing'), column(before, 'chol')];
        // 0 mg/dl is -2 by the public scale, and 200 is 0.
        expect(mark).toEqual(was.map((cholesterol) => (cholesterol === -2 ? 1 : 0)));
        expect(values).toEqual(was.map((cholesterol) => (cholesterol === -2 ? 0 : cholesterol)));
        marks += mark.filter((one) => one === 1).length;
        patients += own.count;
      }
      const [whole, zeros] = await rowsOf(files[i]!);
      expect([hospital.train.count + hospital.test.count, marks]).toEqual([whole, zeros]);
    }
    expect(patients).toBe(740);
    expect(await rowsOf('switzerland')).toEqual([46, 46]);
  });

  it.each([
    [{ standardization: 'site' }, /goes with standardization 'public'/],
    [{ rows: 'all' }, /goes with rows 'complete'/],
  ] as const)('refuses %j beside it', async (others, why) => {
    const loaded = loadHeartDisease(dataDir!, { cholesterol: 'marked', ...others });
    await expect(loaded).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'cholesterol' });
    await expect(loaded).rejects.toThrow(why);
  });
});
