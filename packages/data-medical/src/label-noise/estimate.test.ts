import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateLabelNoise } from './estimate.js';

/*
 * From numpy 2.4.6, by these lines:
 *   t = np.array([P[y == j, j].mean() for j in range(3)])
 *   for i in range(18): ok = [j for j in range(3) if P[i, j] >= t[j]]; if ok: C[y[i], max(ok, key=lambda j: P[i, j])] += 1
 *   Q = C / C.sum(1, keepdims=True) * np.bincount(y)[:, None]; Q /= Q.sum()
 *   rate = 1 - np.trace(Q); noise = Q / Q.sum(0)
 *   margin = P[i, y[i]] - max(P[i, j] for j != y[i])
 */
const labels = [1, 0, 2, 2, 0, 0, 0, 0, 1, 1, 1, 0, 2, 2, 1, 0, 0, 2];
const probabilities = [
  [0.404, 0.505, 0.091],
  [0.688, 0.099, 0.213],
  [0.537, 0.194, 0.269],
  [0.303, 0.105, 0.592],
  [0.656, 0.164, 0.18],
  [0.515, 0.388, 0.097],
  [0.882, 0.047, 0.071],
  [0.219, 0.628, 0.153],
  [0.019, 0.522, 0.459],
  [0.003, 0.992, 0.005],
  [0.17, 0.78, 0.05],
  [0.072, 0.708, 0.22],
  [0.024, 0.191, 0.785],
  [0.212, 0.158, 0.63],
  [0.109, 0.631, 0.26],
  [0.273, 0.582, 0.145],
  [0.634, 0.316, 0.05],
  [0.169, 0.186, 0.645],
].flat();

const near = (found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): void =>
  wanted.forEach((row, i) => row.forEach((value, j) => expect(found[i]![j]).toBeCloseTo(value, 12)));

describe('estimateLabelNoise', () => {
  it('is what equations 1 to 3 give', () => {
    const noise = estimateLabelNoise(labels, probabilities, 3);
    expect(noise.count).toBe(18);
    near([noise.thresholds as number[]], [[0.492375, 0.686, 0.5842]]);
    expect(noise.confidentJoint).toEqual([
      [5, 1, 0],
      [0, 2, 0],
      [1, 0, 4],
    ]);
    near(noise.joint, [
      [0.3703703703703704, 0.07407407407407407, 0],
      [0, 0.2777777777777778, 0],
      [0.05555555555555555, 0, 0.2222222222222222],
    ]);
    expect(noise.noiseRate).toBeCloseTo(0.12962962962962965, 12);
    near(noise.noiseMatrix, [
      [0.8695652173913044, 0.21052631578947367, 0],
      [0, 0.7894736842105263, 0],
      [0.13043478260869565, 0, 1],
    ]);
    expect(noise.suspicious.map(({ row, given, suggested }) => [row, given, suggested])).toEqual([
      [11, 0, 1],
      [2, 2, 0],
    ]);
    near([noise.suspicious.map(({ score }) => score)], [[-0.636, -0.268]]);
    const { suspicious } = estimateLabelNoise(labels, probabilities, 3, { rank: 'self-confidence' });
    near([suspicious.map(({ score }) => score)], [[0.072, 0.269]]);
  });

  it('ranks by what it is told to', () => {
    // Rows 1 and 2 are labelled 0 and look like 1 and 2; row 2 is less sure of its own label, row 1 surer of another's.
    const rated = [...[0.9, 0.05, 0.05, 0.1, 0.85, 0.05, 0.05, 0.35, 0.6], ...[0.1, 0.6, 0.3, 0.3, 0.15, 0.55]];
    const order = (rank: 'normalised-margin' | 'self-confidence') =>
      estimateLabelNoise([0, 0, 0, 1, 2], rated, 3, { rank }).suspicious.map(({ row }) => row);
    expect(order('normalised-margin')).toEqual([1, 2]);
    expect(order('self-confidence')).toEqual([2, 1]);
  });

  it('doubts nothing where all rows of a class are alike, though their mean is rounded', () => {
    const rated = Array.from({ length: 7 }, () => [0.1, 0.9]).flat(); // seven times 0.9 is more than 7 * 0.9
    const noise = estimateLabelNoise([1, 1, 1, 1, 1, 1, 1], rated, 2);
    expect(noise).toMatchObject({ noiseRate: 0, suspicious: [], thresholds: [undefined, expect.closeTo(0.9, 9)] });
    expect(noise.joint).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it('is a distribution, keeps the labels’ shares, and does not hang on the order of rows', () => {
    const drawn = fc
      .integer({ min: 2, max: 5 })
      .chain((classes) =>
        fc.tuple(
          fc.constant(classes),
          fc.array(
            fc.tuple(
              fc.nat(classes - 1),
              fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: classes, maxLength: classes }),
            ),
            { minLength: 1, maxLength: 60 },
          ),
        ),
      );
    fc.assert(
      fc.property(drawn, ([classes, rows]) => {
        const flat = (all: typeof rows): number[] =>
          all.flatMap(([, weights]) => weights.map((w) => w / weights.reduce((a, b) => a + b)));
        const of = (all: typeof rows) => estimateLabelNoise(all.map(([label]) => label), flat(all), classes); // prettier-ignore
        const noise = of(rows);
        expect(noise.joint.flat().reduce((a, b) => a + b)).toBeCloseTo(1, 9);
        noise.joint.forEach((row, given) => {
          const share = rows.filter(([label]) => label === given).length / rows.length;
          expect(row.reduce((a, b) => a + b)).toBeCloseTo(share, 9);
        });
        noise.noiseMatrix[0]!.forEach((_, j) => {
          const column = noise.noiseMatrix.reduce((sum, row) => sum + row[j]!, 0);
          expect(Math.abs(column - 1) < 1e-9 || column === 0).toBe(true);
        });
        const disagreeing = noise.confidentJoint.flatMap((row, i) => row.filter((_, j) => j !== i));
        expect(noise.suspicious).toHaveLength(disagreeing.reduce((a, b) => a + b));
        expect(noise.noiseRate).toBeGreaterThanOrEqual(0);
        const turned = of(rows.toReversed());
        expect(turned.noiseRate).toBeCloseTo(noise.noiseRate, 9);
        expect(turned.confidentJoint).toEqual(noise.confidentJoint);
      }),
    );
  });

  it.each<[string, number[], number[], number, string]>([
    ['no label', [], [], 2, 'DATA_EMPTY'],
    ['one class', [0], [1], 1, 'ARGUMENT_INVALID'],
    ['a label that is none of the classes', [2], [0.5, 0.5], 2, 'LABEL_INVALID'],
    ['a label between classes', [0.5], [0.5, 0.5], 2, 'LABEL_INVALID'],
    ['a label that is missing', [NaN], [0.5, 0.5], 2, 'LABEL_INVALID'],
    ['too few probabilities', [0, 1], [0.5, 0.5], 2, 'DATA_MALFORMED'],
    ['a probability of NaN', [0], [NaN, 0.5], 2, 'DATA_NOT_FINITE'],
    ['a probability below 0', [0], [-0.1, 1.1], 2, 'DATA_MALFORMED'],
    ['probabilities that add up to less', [0], [0.5, 0.4], 2, 'DATA_MALFORMED'],
  ])('refuses %s', (_, given, rated, classes, code) => {
    expect(() => estimateLabelNoise(given, rated, classes)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a rank that is none', () => {
    expect(() => estimateLabelNoise([0], [1, 0], 2, { rank: 'entropy' as 'self-confidence' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
