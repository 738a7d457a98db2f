import { describe, expect, it } from 'vitest';
import { createMedicalDataset, type MedicalDataset } from '../dataset.js';
import { crossValidated } from './cross-validated.js';

/** Each row's only feature is its number; two rows a patient. */
const rowsOf = (count: number, patients = true): MedicalDataset =>
  createMedicalDataset({
    name: 'made',
    features: Float32Array.from({ length: count }, (_, i) => i),
    labels: Float32Array.from({ length: count }, (_, i) => i % 2),
    classes: ['well', 'ill'],
    schema: [{ name: 'row', kind: 'numeric', missing: 'error' }],
    ...(patients && { patientIds: Array.from({ length: count }, (_, i) => `p${i >> 1}`) }),
  });
const half = (_: MedicalDataset, held: MedicalDataset): number[] => new Array<number>(2 * held.count).fill(0.5);

describe('crossValidated', () => {
  it('predicts every row once, by what was trained without its patient, in the order of the data', async () => {
    const data = rowsOf(60);
    const seen: number[] = [];
    const folds: number[] = [];
    const probabilities = await crossValidated(
      data,
      4,
      (train, held, fold) => {
        folds.push(fold);
        expect(train.count + held.count).toBe(60);
        const known = new Set(train.patientIds);
        expect(held.patientIds!.some((id) => known.has(id))).toBe(false);
        seen.push(...held.features);
        return Array.from(held.features, (row) => [row / 100, 1 - row / 100]).flat();
      },
      'secret',
    );
    expect(folds).toEqual([0, 1, 2, 3]);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(Array.from(probabilities)).toEqual(Array.from({ length: 60 }, (_, i) => [i / 100, 1 - i / 100]).flat());
  });

  it('draws a fold by patient and key alone: others come and go, it stays', async () => {
    const foldsOf = async (data: MedicalDataset, key: string): Promise<Map<number, number>> => {
      const found = new Map<number, number>();
      const note = (train: MedicalDataset, held: MedicalDataset, fold: number): number[] => {
        for (const row of held.features) found.set(row, fold);
        return half(train, held);
      };
      await crossValidated(data, 3, note, key);
      return found;
    };
    const whole = await foldsOf(rowsOf(200), 'a');
    const fewer = await foldsOf(rowsOf(100), 'a');
    for (const [row, fold] of fewer) expect(whole.get(row)).toBe(fold);
    expect(await foldsOf(rowsOf(200), 'b')).not.toEqual(whole);
    // Without patients each record is by itself.
    const alone = await foldsOf(rowsOf(200, false), 'a');
    expect(Array.from({ length: 100 }, (_, i) => alone.get(2 * i) === alone.get(2 * i + 1))).toContain(false);
    for (const fold of [0, 1, 2]) {
      const size = [...alone.values()].filter((other) => other === fold).length;
      expect(Math.abs(size - 200 / 3)).toBeLessThan(4 * Math.sqrt(200 * (2 / 9)));
    }
  });

  it('refuses what it cannot do', async () => {
    const refused = (code: string, data: MedicalDataset, folds: number, predict: typeof half, key = 'k') =>
      expect(crossValidated(data, folds, predict, key)).rejects.toMatchObject({ code });
    await refused('ARGUMENT_INVALID', rowsOf(20), 1, half);
    await refused('ARGUMENT_INVALID', rowsOf(20), 2, half, '');
    await refused('CONFIG_INCOMPATIBLE', rowsOf(4), 5, half);
    await refused('DATA_MALFORMED', rowsOf(20), 2, () => [1, 0]);
    await refused('DATA_NOT_FINITE', rowsOf(20), 2, (_, held) => new Array<number>(2 * held.count).fill(NaN));
    const { features, schema } = rowsOf(20);
    const values = createMedicalDataset({ name: 'values', features, labels: features, schema: schema! });
    await refused('CONFIG_INCOMPATIBLE', values, 2, half);
  });
});
