import { join } from 'node:path';
import { tableSchema, withoutSubgroups } from '@fedward/kit-tables';
import { describe, expect, it } from 'vitest';
import { loadHeartDisease, loadParkinsons, preprocessed, readCsvRecords, readHeartDisease } from '../index.js';
import { heartDiseaseCsv } from '../heart-disease/schema.js';

const dataDir = process.env['FEDWARD_DATA'];

/** Each row of one part, label and patient included, as one text. */
const rowsOf = ({ features, labels, count }: { features: Float32Array; labels: Float32Array; count: number }) =>
  Array.from({ length: count }, (_, row) => {
    const width = features.length / count;
    return [...features.subarray(row * width, (row + 1) * width), labels[row]].join(' ');
  });

describe.skipIf(!dataDir)('what is done to a record of a published set, from its raw row', () => {
  it('heart disease: to the last bit, with what was missing filled in or left out', async () => {
    const [complete] = await loadHeartDisease(dataDir!);
    const file = join(dataDir!, 'heart-disease', 'processed.cleveland.data');
    const schema = withoutSubgroups(complete!.preprocessing!.schema);
    const { records } = await readCsvRecords(file, schema, heartDiseaseCsv);
    const again = preprocessed(records, { ...complete!.preprocessing!, schema });
    const whole = complete!.train.concat(complete!.test);
    expect(rowsOf(again).sort()).toEqual(rowsOf(whole).sort());
    expect(again).not.toHaveProperty('groups');
    expect(whole.groups!.map(({ name, levels }) => [name, levels])).toEqual([
      ['sex', ['female', 'male']],
      ['age', ['below 50', '50 to 60', '60 and above']],
    ]);

    const all = (await loadHeartDisease(dataDir!, { rows: 'all' }))[3]!;
    const [, , , va] = await readHeartDisease(dataDir!);
    const filled = preprocessed(va!.records, all.preprocessing!);
    expect(all.preprocessing!.fittedOn).toBe('federation');
    expect(rowsOf(filled).sort()).toEqual(rowsOf(all.train.concat(all.test)).sort());
  });

  it('Parkinson’s telemonitoring: within the rounding of float32', async () => {
    const hospitals = await loadParkinsons(dataDir!);
    const { preprocessing } = hospitals[0]!;
    const file = join(dataDir!, 'parkinsons-telemonitoring', 'parkinsons_updrs.data');
    const { records } = await readCsvRecords(file, tableSchema.parse(preprocessing!.schema));
    const again = preprocessed(records, preprocessing!);
    const [first, ...others] = hospitals.flatMap(({ train, test }) => [train, test]);
    const whole = first!.concat(...others);
    const sums = ({ features }: { features: Float32Array }) => {
      const columns = new Float64Array(19);
      features.forEach((value, i) => (columns[i % 19]! += value));
      return [...columns];
    };
    expect(again.count).toBe(whole.count);
    sums(again).forEach((sum, i) => expect(sum / whole.count).toBeCloseTo(sums(whole)[i]! / whole.count, 6));
  });
});
