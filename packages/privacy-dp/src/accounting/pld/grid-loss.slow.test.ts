import { describe, expect, it } from 'vitest';
import { relativeError } from '../../testing/reference.js';
import { gridLoss, massPrecision, totalMass, type Grid, type GridLoss } from './grid-loss.js';
import { lossLaw, type LossPair } from './loss-law.js';
import { sampledLoss, type Direction, type Sampling } from './sampling.js';
import { lawOf, stickOf } from './testing/grids.js';
import {
  additionStick,
  discreteGaussianStick,
  fixedSizeStick,
  gaussianStick,
  laplaceStick,
  removalStick,
  type HockeyStick,
} from './testing/hockey-stick.js';

const logTail = -128;
const grids: readonly Grid[] = [
  { interval: 2 ** -6, bits: 10 },
  { interval: 2 ** -12, bits: 5 },
  { interval: 2 ** -30, bits: 6 },
];
const on = (grid: Grid, pair: LossPair, sampling: Sampling, direction: Direction): GridLoss =>
  gridLoss(lossLaw(pair, logTail, sampling.kind !== 'all'), sampledLoss(sampling, direction), grid);

const all: Sampling = { kind: 'all' };
const poisson = (rate: number): Sampling => ({ kind: 'poisson', rate });
const fixedSize = (rate: number): Sampling => ({ kind: 'fixed-size', rate });
const gaussian = (mu: number): LossPair => ({ noise: 'gaussian', mu });
const laplace = (shift: number): LossPair => ({ noise: 'laplace', shift });
const discrete = (sigma: number): LossPair => ({ noise: 'discrete-gaussian', sigma });

const bases: readonly (readonly [string, LossPair, HockeyStick])[] = [
  ['Gaussian, mu 1.3', gaussian(1.3), gaussianStick(1.3)],
  ['Gaussian, mu 0.05', gaussian(0.05), gaussianStick(0.05)],
  ['Laplace, shift 2', laplace(2), laplaceStick(2)],
  ['Laplace, shift 0.1', laplace(0.1), laplaceStick(0.1)],
  ['discrete Gaussian, sigma 0.8', discrete(0.8), discreteGaussianStick(0.8)],
  ['discrete Gaussian, sigma 6', discrete(6), discreteGaussianStick(6)],
];
const sampled: readonly (readonly [string, Sampling, Direction, (base: HockeyStick) => HockeyStick])[] = [
  ['all', all, 'remove', (base) => base],
  ['a Poisson sample, removal', poisson(0.2), 'remove', (base) => removalStick(0.2, base)],
  ['a Poisson sample, addition', poisson(0.2), 'add', (base) => additionStick(0.2, base)],
  ['a rare Poisson sample, removal', poisson(1e-3), 'remove', (base) => removalStick(1e-3, base)],
  ['a sample of fixed size', fixedSize(0.3), 'remove', (base) => fixedSizeStick(0.3, base)],
];
const cases = bases.flatMap(([noise, pair, base]) =>
  sampled.map(([records, sampling, direction, stick]) => ({
    noise,
    records,
    pair,
    sampling,
    direction,
    truth: stick(base),
  })),
);

describe.each(cases)('$noise, on $records', ({ pair, sampling, direction, truth }) => {
  it('has the true hockey-stick at the points of the grid, and no less between them', () => {
    for (const grid of grids) {
      const loss = on(grid, pair, sampling, direction);
      const law = [...lawOf(loss)];
      for (let i = 0; i + 1 < law.length; i += Math.ceil(law.length / 20)) {
        const [low, high] = [law[i]![0], law[i + 1]![0]];
        if (low < -20) continue;
        expect(stickOf(law, low), `at ${low}`).toBeCloseTo(truth(low), 10);
        const middle = low + (high - low) / 3;
        expect(stickOf(law, middle), `at ${middle}`).toBeGreaterThanOrEqual(truth(middle) - 1e-12);
      }
    }
  });

  it('has probabilities that add up to 1, of both distributions', () => {
    for (const grid of grids) {
      const loss = on(grid, pair, sampling, direction);
      expect(Math.abs(totalMass(loss) - 1)).toBeLessThan(1e-14);
      const other = [...lawOf(loss)].reduce((sum, [value, mass]) => sum + mass * Math.exp(-value), 0);
      expect(Math.abs(other - 1)).toBeLessThan(1e-11);
    }
  });
});

describe('gridLoss', () => {
  it('loses nothing of a law that is narrow and all in a few cells, as 1e12 releases would tell', () => {
    for (const mu of [1e-3, 1e-2, 0.3])
      for (const rate of [1e-6, 1e-4, 0.5])
        for (const direction of ['remove', 'add'] as const)
          for (const bits of [3, 5, 6, 9])
            for (const scale of [2 ** -30, 2 ** -12, 2 ** -6]) {
              const interval = 2 ** Math.floor(Math.log2(mu * rate)) * scale;
              const loss = on({ interval, bits }, gaussian(mu), poisson(rate), direction);
              expect(Math.abs(totalMass(loss) - 1)).toBeLessThan(massPrecision / 4);
            }
  });

  it('keeps the mean of e^-loss in each cell: the precision is that of each point, not of all together', () => {
    // The same cell in one piece, and from a grid that is eight times finer, brought to it.
    for (const mu of [0.02, 1, 4]) {
      const [coarse, fine] = [5, 8].map((bits) =>
        on({ interval: 2 ** (-20 - bits), bits }, gaussian(mu), all, 'remove'),
      );
      const moved = new Float64Array(coarse!.index.length);
      for (const [loss, mass] of lawOf(fine!)) {
        const i = coarse!.index.findLastIndex((index) => index * coarse!.interval <= loss);
        const [low, high] = [coarse!.index[i]!, coarse!.index[i + 1] ?? coarse!.index[i]! + 1].map(
          (index) => index * coarse!.interval,
        );
        const up = Math.expm1(low! - loss) / Math.expm1(low! - high!);
        moved[i]! += mass * (1 - up);
        if (up > 0) moved[i + 1]! += mass * up;
      }
      coarse!.logMass.forEach((log, i) => {
        if (log > -60) expect(relativeError(moved[i]!, Math.exp(log))).toBeLessThan(2 * massPrecision);
      });
    }
  });

  it('puts what a law lacks at its largest loss', () => {
    const law = {
      atoms: [
        { loss: -1, logMass: Math.log(0.3) },
        { loss: 1, logMass: Math.log(0.6) },
      ],
      totalVariation: 0.6,
    };
    const loss = gridLoss(law, sampledLoss(all, 'remove'), { interval: 0.25, bits: 4 });
    expect(Math.abs(totalMass(loss) - 1)).toBeLessThan(1e-15);
    expect(stickOf(lawOf(loss), 0.5)).toBeGreaterThanOrEqual(0.7 * -Math.expm1(-0.5));
  });

  it('knows the largest loss, which no point of the grid need be', () => {
    expect(on(grids[0]!, laplace(1.7), all, 'remove').largest).toBe(1.7);
    expect(
      relativeError(
        on(grids[0]!, laplace(1.7), poisson(0.2), 'add').largest,
        -Math.log(1 - 0.2 + 0.2 * Math.exp(-1.7)),
      ),
    ).toBeLessThan(1e-14);
  });

  it.each([[0], [-1], [NaN], [Infinity]])('refuses the interval %s', (interval) => {
    expect(() => on({ interval, bits: 6 }, gaussian(1), all, 'remove')).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'interval' }),
    );
  });

  it('refuses a grid that would take all memory', () => {
    expect(() => on({ interval: 2 ** -40, bits: 40 }, gaussian(1), all, 'remove')).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'interval' }),
    );
  });
});
