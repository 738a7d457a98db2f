import { describe, expect, it } from 'vitest';
import { tutorialHospital, tutorialHospitals, tutorialTest, type MedicalDataset } from '../index.js';

const share = ({ labels, count }: MedicalDataset) => labels.reduce((sum, y) => sum + y, 0) / count;

/** Mean and variance of a block of features over the records of one class. */
function moments({ features, labels, count }: MedicalDataset, label: number, from: number, to: number) {
  const width = features.length / count;
  const values: number[] = [];
  for (let i = 0; i < count; i++)
    if (labels[i] === label) values.push(...features.subarray(i * width + from, i * width + to));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { n: values.length, mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length };
}

describe('tutorialHospitals', () => {
  const { hospitals, test } = tutorialHospitals({ seed: 42 });

  it('has the five hospitals and the test set of the tutorial', () => {
    expect(hospitals.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4].map((i) => `hospital-${i}`));
    expect(test).toMatchObject({ count: 500, featureShape: [100], classes: ['healthy', 'diseased'] });
    for (const { train, test: own, rows } of hospitals) {
      expect(train.featureShape).toEqual([100]);
      expect(rows).toEqual({ read: train.count + own.count, used: train.count + own.count, dropped: [] });
    }
  });

  it('draws 200 to 499 patients a hospital, both ends included', () => {
    const counts = Array.from({ length: 3000 }, (_, i) => {
      const options = { seed: 1, hospitals: 3000, features: 1, markers: 1, hospitalTestPatients: 1 };
      return tutorialHospital(options, i).train.count;
    });
    expect(Math.min(...counts)).toBe(200);
    expect(Math.max(...counts)).toBe(499);
    const mean = counts.reduce((a, b) => a + b) / counts.length;
    expect(Math.abs(mean - 349.5)).toBeLessThan((5 * 86.6) / Math.sqrt(3000)); // five standard errors
  });

  it('gives hospital i the prevalence 0.3 + 0.1 i, at most 0.9, in both of its parts', () => {
    const many = { seed: 5, hospitals: 12, features: 1, markers: 1, hospitalTestPatients: 20_000 };
    for (let i = 0; i < 12; i++) {
      const p = Math.min(0.3 + 0.1 * i, 0.9);
      const { train, test: own } = tutorialHospital(many, i);
      expect(Math.abs(share(train) - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / train.count));
      expect(Math.abs(share(own) - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / own.count));
    }
  });

  it('raises the markers of the diseased by the shift, and nothing else', () => {
    const big = tutorialTest({ seed: 9, testPatients: 4000, features: 20, markers: 10, shift: 1 });
    expect(Math.abs(share(big) - 0.5)).toBeLessThan((5 * 0.5) / Math.sqrt(4000));
    for (const [label, from, to, mean] of [
      [1, 0, 10, 1],
      [1, 10, 20, 0],
      [0, 0, 10, 0],
      [0, 10, 20, 0],
    ] as const) {
      const found = moments(big, label, from, to);
      expect(Math.abs(found.mean - mean)).toBeLessThan(5 / Math.sqrt(found.n));
      expect(Math.abs(found.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / found.n));
    }
  });

  it('gives the same bits for the same seed, others for another', () => {
    expect(tutorialHospitals({ seed: 42 })).toEqual({ hospitals, test });
    const other = tutorialHospitals({ seed: 43 });
    expect(other.test.features).not.toEqual(test.features);
    expect(other.hospitals[0]!.train.features).not.toEqual(hospitals[0]!.train.features);
  });

  it('gives each hospital alone as it is among the others, however many', () => {
    expect(tutorialHospital({ seed: 42 }, 3)).toEqual(hospitals[3]);
    expect(tutorialHospital({ seed: 42, hospitals: 100_000 }, 3)).toEqual(hospitals[3]);
    expect(tutorialHospital({ seed: 42, hospitals: 100_000 }, 99_999).id).toBe('hospital-99999');
    expect(tutorialTest({ seed: 42 })).toEqual(test);
  });

  it('draws every part by itself', () => {
    // Labels come first from each stream: equal streams would start with the same labels.
    const starts = [...hospitals.flatMap(({ train, test: own }) => [train, own]), test].map(({ labels }) =>
      labels.slice(0, 100).join(''),
    );
    expect(new Set(starts).size).toBe(11);
  });

  it('refuses options that make no sense, by name', () => {
    expect(() => tutorialHospitals({ seed: 1, hospitals: 0 })).toThrow(
      expect.objectContaining({ subject: 'hospitals' }),
    );
    expect(() => tutorialHospitals({ seed: 1, features: 5 })).toThrow(expect.objectContaining({ subject: 'markers' }));
    expect(() => tutorialHospital({ seed: 1 }, 5)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
