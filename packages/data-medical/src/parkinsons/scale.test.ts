import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMedicalDataset, readParkinsons } from '../index.js';
import { measures } from './measures.js';
import { largestFeature, scaleByConstants } from './scale.js';
import { parkinsonsSchema } from './schema.js';

const dataDir = process.env['FEDWARD_DATA'] ?? '';
const { columns: schema } = parkinsonsSchema('total_UPDRS');
const dataset = (features: readonly number[]) =>
  createMedicalDataset({ name: 'a test', features, labels: Array(features.length / 19).fill(1), schema });

describe('scaleByConstants', () => {
  it('puts every centre at 0, and a spread above it at 1', () => {
    const above = ({ of, center, spread }: (typeof measures)[number]) =>
      of === 'log2' ? center * 2 ** spread : center + spread;
    const { features } = scaleByConstants(dataset([...measures.map(({ center }) => center), ...measures.map(above)]));
    features.forEach((feature, i) => expect(feature).toBeCloseTo(i < 19 ? 0 : 1, 5));
  });

  it('makes two thresholds 0.5 and half a threshold -0.5', () => {
    const jitter = (value: number) =>
      scaleByConstants(dataset(measures.map(({ name, center }) => (name === 'Jitter(%)' ? value : center))))
        .features[3];
    expect(jitter(0.0208)).toBeCloseTo(0.5, 5);
    expect(jitter(0.0052)).toBeCloseTo(-0.5, 5);
    expect(jitter(0)).toBe(-largestFeature);
  });

  it('gives a record the same features whatever the other records are, none beyond the bound', () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true });
    const record = fc.array(value, { minLength: 19, maxLength: 19 });
    fc.assert(
      fc.property(record, record, (one, other) => {
        const alone = scaleByConstants(dataset(one)).features;
        expect(scaleByConstants(dataset([...one, ...other])).features.slice(0, 19)).toEqual(alone);
        expect(alone.every((feature) => Math.abs(feature) <= largestFeature)).toBe(true);
      }),
    );
  });

  describe.skipIf(!dataDir)('on the data (needs FEDWARD_DATA)', () => {
    let scaled: Awaited<ReturnType<typeof readParkinsons>>;
    beforeAll(async () => void (scaled = await readParkinsons(dataDir)));

    it('cuts few recordings, and leaves every feature a spread to learn from', () => {
      const cut = scaled.features.filter((feature) => Math.abs(feature) === largestFeature).length;
      expect(cut / scaled.features.length).toBeLessThan(0.002);
      for (const { standardDeviation } of scaled.describe().features) expect(standardDeviation).toBeGreaterThan(0.2);
    });
  });
});
