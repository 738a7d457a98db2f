import type { LossName } from '../model/spec.js';
import { Random } from '../random/random.js';
import type { RoundObjective } from './objective.js';
import { describe, expect, it } from 'vitest';
import { lossOf } from './loss.js';

const count = 7;
const draw = (seed: string, width: number): Float64Array => {
  const random = new Random(seed);
  return Float64Array.from({ length: count * width }, () => 2 * random.normal());
};
const labelsOf = (name: LossName, width: number): Float32Array =>
  name === 'squared-error'
    ? Float32Array.from(draw('labels', 1))
    : name === 'cox'
      ? Float32Array.of(3, -1, 2, 2, -2, 5, 1)
      : Float32Array.from({ length: count }, (_, i) => i % Math.max(2, width));
const total = (losses: Float64Array): number => losses.reduce((sum, loss) => sum + loss, 0);

const objectives: Record<string, RoundObjective | undefined> = {
  'as it is': undefined,
  'with weights of classes': { classWeights: [0.5, 3, 1.5] },
  'with label smoothing': { labelSmoothing: 0.2 },
  'generalized, q = 0.7': { generalizedCrossEntropy: { q: 0.7 } },
  'generalized, q = 1': { generalizedCrossEntropy: { q: 1 } },
  'of the smallest losses': { keepSmallest: 0.5 },
  'generalized and weighted, of the smallest losses': {
    generalizedCrossEntropy: { q: 0.3 },
    classWeights: [2, 0.1, 1],
    keepSmallest: 0.7,
  },
};
const losses: readonly (readonly [LossName, number])[] = [
  ['softmax-cross-entropy', 3],
  ['sigmoid-cross-entropy', 1],
];

/** Largest difference of the gradient from central differences of the sum of the losses, in float64. */
function errorOf(name: LossName, width: number, objective?: RoundObjective): number {
  const [outputs, labels] = [draw('outputs', width), labelsOf(name, width)];
  const sumAt = (at: Float64Array): number => total(lossOf(name, at, labels, width, objective).losses);
  const { gradient } = lossOf(name, outputs, labels, width, objective);
  const step = 1e-5;
  return outputs.reduce((worst, z, i) => {
    const slope = (sumAt(outputs.with(i, z + step)) - sumAt(outputs.with(i, z - step))) / (2 * step);
    return Math.max(worst, Math.abs(slope - gradient[i]!));
  }, 0);
}

describe('the gradient of each loss is that of finite differences in float64', () => {
  it.each(['squared-error', 'cox'] as const)('%s', (name) => {
    expect(errorOf(name, 1)).toBeLessThan(1e-6);
  });
  describe.each(losses)('%s', (name, width) => {
    it.each(Object.entries(objectives))('%s', (_, objective) => {
      expect(errorOf(name, width, objective)).toBeLessThan(1e-6);
    });
  });
});

describe.each(losses)('%s', (name, width) => {
  const [outputs, labels] = [draw('outputs', width), labelsOf(name, width)];
  const of = (objective?: RoundObjective) => lossOf(name, outputs, labels, width, objective);
  const far = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!)), 0);

  it('is what the generalized cross-entropy goes to as q goes to 0, in proportion to q', () => {
    const plain = of();
    const distance = (q: number): number => {
      const { losses, gradient } = of({ generalizedCrossEntropy: { q } });
      return Math.max(far(losses, plain.losses), far(gradient, plain.gradient));
    };
    expect(distance(1e-6)).toBeLessThan(5e-5);
    expect(distance(1e-3) / distance(1e-2)).toBeCloseTo(0.1, 1);
  });

  it('is the absolute error of the probability at q = 1', () => {
    const probabilities = of().losses.map((loss) => Math.exp(-loss));
    expect(
      far(
        of({ generalizedCrossEntropy: { q: 1 } }).losses,
        probabilities.map((p) => 1 - p),
      ),
    ).toBeLessThan(1e-12);
  });

  it('smoothed is the mean over labels that are mixed as it says', () => {
    const e = 0.3;
    const classes = Math.max(2, width);
    const under = (label: number) =>
      lossOf(
        name,
        outputs,
        labels.map(() => label),
        width,
      ).losses;
    const each = Array.from({ length: classes }, (_, k) => under(k));
    const mixed = of().losses.map((own, i) => (1 - e) * own + (e / classes) * each.reduce((sum, k) => sum + k[i]!, 0));
    expect(far(of({ labelSmoothing: e }).losses, mixed)).toBeLessThan(1e-12);
  });

  it('weighted by one number is that many times itself, to the bit for powers of two', () => {
    const weighted = of({ classWeights: new Array<number>(Math.max(2, width)).fill(4) });
    expect(weighted.losses).toEqual(of().losses.map((loss) => 4 * loss));
    expect(weighted.gradient).toEqual(of().gradient.map((g) => 4 * g));
  });

  it('keeps the smallest, and these count as the whole batch', () => {
    const plain = of();
    const kept = of({ keepSmallest: 3 / count });
    const three = [...plain.losses].sort((a, b) => a - b).slice(0, 3);
    expect(total(kept.losses) / count).toBeCloseTo(total(Float64Array.from(three)) / 3, 12);
    kept.losses.forEach((loss, i) => {
      const own = kept.gradient.subarray(i * width, (i + 1) * width);
      if (three.includes(plain.losses[i]!)) expect(loss).toBeCloseTo((plain.losses[i]! * count) / 3, 12);
      else expect([loss, ...own]).toEqual(new Array<number>(1 + width).fill(0));
    });
  });

  it('that is no number is not hidden among the large ones', () => {
    const broken = lossOf(name, outputs.with(0, Number.NaN), labels, width, { keepSmallest: 1 / count });
    expect(broken.gradient.some(Number.isNaN)).toBe(true);
  });

  it('says by what it was made', () => {
    expect(of()).not.toHaveProperty('objective');
    expect(of({ labelSmoothing: 0.1 }).objective).toEqual({ labelSmoothing: 0.1 });
  });
});
