import { createMedicalDataset, tutorialHospitals, type HospitalData } from '@fedward/data-medical';
import { describe, expect, it } from 'vitest';
import { withLabelNoise } from './label-noise.js';
import { tutorial } from './tutorial.js';

const { hospitals } = tutorialHospitals({ seed: 1 });
const differing = (a: HospitalData, b: HospitalData): number[] =>
  [...a.train.labels.keys()].filter((row) => a.train.labels[row] !== b.train.labels[row]);

describe('simulated label noise', () => {
  it('flips about the rate of the training labels of so many hospitals, and nothing else', () => {
    const made = withLabelNoise(hospitals, { rate: 0.3, hospitals: 2 }, 1);
    const wrong = made.hospitals.map((hospital, i) => differing(hospital, hospitals[i]!).length);
    expect(made.hospitals.map(({ flippedLabels }) => flippedLabels)).toEqual(wrong);
    expect(wrong.filter((n) => n > 0)).toHaveLength(2);
    made.hospitals.forEach(({ id, train, test }, i) => {
      const clean = hospitals[i]!;
      expect([id, test.labels, train.features]).toEqual([clean.id, clean.test.labels, clean.train.features]);
      if (wrong[i] === 0) return;
      // Four standard errors.
      const error = 4 * Math.sqrt((0.3 * 0.7) / train.count);
      expect(Math.abs(wrong[i]! / train.count - 0.3)).toBeLessThan(error);
      expect(made.notices[0]).toContain(`${wrong[i]} of ${train.count} of ${id}`);
    });
    expect(withLabelNoise(hospitals, { rate: 0.3, hospitals: 2 }, 1)).toEqual(made);
  });

  it('is another with another seed, is at all hospitals by default, and adds to a lower rate', () => {
    const rows = (rate: number, seed: number) =>
      withLabelNoise(hospitals, { rate }, seed).hospitals.map((made, i) => differing(made, hospitals[i]!));
    const [low, high] = [rows(0.1, 1), rows(0.3, 1)];
    expect(low.every((own) => own.length > 0)).toBe(true);
    low.forEach((own, i) => expect(high[i]).toEqual(expect.arrayContaining(own)));
    expect(rows(0.3, 2)).not.toEqual(high);
    const chosen = (seed: number) =>
      withLabelNoise(hospitals, { rate: 0.3, hospitals: 2 }, seed).hospitals.map(
        ({ flippedLabels }) => flippedLabels! > 0,
      );
    expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => chosen(seed).join())).size).toBeGreaterThan(1);
  });

  it('of three classes makes either of the others, alike', () => {
    const count = 3000;
    const train = createMedicalDataset({
      name: 'three',
      features: new Float32Array(count),
      labels: new Float32Array(count).fill(2),
      classes: ['a', 'b', 'c'],
      schema: [{ name: 'x', kind: 'numeric', missing: 'error' }],
    });
    const [made] = withLabelNoise([{ ...hospitals[0]!, train }], { rate: 0.5 }, 1).hospitals;
    const [a, b, c] = [0, 1, 2].map((label) => made!.train.labels.filter((own) => own === label).length);
    for (const [n, p] of [
      [a!, 0.25],
      [b!, 0.25],
      [c!, 0.5],
    ] as const)
      // prettier-ignore
      expect(Math.abs(n / count - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count));
  });

  it('is nothing without a rate, and no more hospitals than there are', () => {
    expect(withLabelNoise(hospitals, undefined, 1)).toEqual({ hospitals, notices: [] });
    expect(() => withLabelNoise(hospitals, { rate: 0.3, hospitals: 6 }, 1)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: '--noisy-hospitals' }),
    );
  });

  it('is in what a run of the tutorial depends on', async () => {
    const [clean, noisy] = await Promise.all([
      tutorial.load({ seed: 1 }),
      tutorial.load({ seed: 1, labelNoise: { rate: 0.3, hospitals: 2 } }),
    ]);
    expect(clean.notices).toBeUndefined();
    expect(noisy.inputs!.preprocessing).toMatchObject({ labelNoise: { rate: 0.3, hospitals: 2 } });
    const changed = noisy.inputs!.hospitals.filter(({ data }, i) => data !== clean.inputs!.hospitals[i]!.data);
    expect(changed.map(({ id }) => id)).toEqual(noisy.ids.filter((id) => noisy.hospital(id).flippedLabels! > 0));
    expect(noisy.test.labels).toEqual(clean.test.labels);
  });
});
