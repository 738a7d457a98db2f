import * as fc from 'fast-check';
import type { GridLoss } from '../grid-loss.js';

/** A loss with these probabilities at the grid points from `first` on, scaled to add up to 1. */
export function lossOf(interval: number, first: number, probability: readonly number[]): GridLoss {
  const total = probability.reduce((sum, mass) => sum + mass, 0);
  return {
    interval,
    index: Float64Array.from(probability, (_, i) => first + i),
    logMass: Float64Array.from(probability, (mass) => Math.log(mass / total)),
    largest: (first + probability.length - 1) * interval,
  };
}

/** Random small ones, of losses above 0 and below. */
export const gridLosses = fc
  .tuple(
    fc.integer({ min: -6, max: 2 }),
    fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 3, maxLength: 9 }),
  )
  .map(([first, probability]) => lossOf(1 / 8, first, probability));

/** The probabilities of a sum of losses by their definition, by index. */
export function convolved(parts: readonly { readonly loss: GridLoss; readonly count: number }[]): Map<number, number> {
  let sum = new Map([[0, 1]]);
  for (const { loss, count } of parts)
    for (let n = 0; n < count; n++) {
      const next = new Map<number, number>();
      for (const [at, mass] of sum)
        loss.index.forEach((index, i) => {
          next.set(at + index, (next.get(at + index) ?? 0) + mass * Math.exp(loss.logMass[i]!));
        });
      sum = next;
    }
  return sum;
}

/** The hockey-stick of a loss's law at an epsilon: E[(1 - e^(epsilon - L))_+]. */
export function stickOf(law: Iterable<readonly [number, number]>, epsilon: number): number {
  let sum = 0;
  for (const [loss, mass] of law) if (loss > epsilon) sum += mass * -Math.expm1(epsilon - loss);
  return sum;
}

/** Pairs of loss and probability. */
export function* lawOf({ interval, index, logMass }: GridLoss): Generator<readonly [number, number]> {
  for (let i = 0; i < index.length; i++) yield [index[i]! * interval, Math.exp(logMass[i]!)];
}
