import type { DpEvent } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { pldAccountant, renyiFilter } from '../accounting/index.js';
import { adaptiveDelta, adaptiveEpsilon, settledDelta, type OneRelease } from '../testing/adaptive-pair.js';
import { openLedger } from './open.js';
import { chargeOf, inDirectory, options } from './testing/ledgers.js';

const delta = 1e-5;

function eventOf({ noiseMultiplier, samplingProbability }: OneRelease): DpEvent {
  const event = { type: 'gaussian', noiseMultiplier } as const;
  return samplingProbability === undefined ? event : { type: 'poisson-sampled', samplingProbability, event };
}

const together = (first: number, second: OneRelease): DpEvent => ({
  type: 'composed',
  events: [{ type: 'gaussian', noiseMultiplier: first }, eventOf(second)],
});

/** Either second study costs this epsilon together with the first, by pld. */
const examples: readonly {
  readonly first: number;
  readonly gaussian: number;
  readonly sampled: Required<OneRelease>;
  readonly epsilon: number;
  /** What one of the two, chosen by the loss of the first, truly gives: exact integrals. */
  readonly truth: { readonly timesDelta: number; readonly epsilon: number };
}[] = [
  {
    ...{ first: 2.6, gaussian: 3.106, sampled: { noiseMultiplier: 0.437, samplingProbability: 0.002 }, epsilon: 2 },
    truth: { timesDelta: 1.881, epsilon: 2.1585 },
  },
  {
    ...{ first: 1, gaussian: 1.972, sampled: { noiseMultiplier: 0.3295, samplingProbability: 0.001 }, epsilon: 5 },
    truth: { timesDelta: 1.903, epsilon: 5.31 },
  },
  {
    ...{ first: 5, gaussian: 5.603, sampled: { noiseMultiplier: 0.692, samplingProbability: 0.01 }, epsilon: 1 },
    truth: { timesDelta: 1.802, epsilon: 1.0714 },
  },
];

describe.each(examples)('a second study that is chosen by the privacy loss of the first ($first)', (example) => {
  const { first, sampled, epsilon, truth } = example;
  const seconds: OneRelease[] = [{ noiseMultiplier: example.gaussian }, sampled];

  it('passes the epsilon that pld gives to either choice', () => {
    for (const second of seconds) {
      const pld = pldAccountant()('add-or-remove-one').preview(together(first, second), delta);
      expect(Math.abs(pld / epsilon - 1)).toBeLessThan(2e-3);
      // Fixed beforehand, each keeps what pld says.
      expect(settledDelta(first, second, pld)).toBeLessThanOrEqual(delta * (1 + 1e-6));
    }
    expect(adaptiveDelta(first, seconds, epsilon) / delta / truth.timesDelta).toBeCloseTo(1, 1);
    expect(adaptiveEpsilon(first, seconds, delta) / truth.epsilon).toBeCloseTo(1, 2);
  });

  it('stays within the budget of a ledger that lets both choices pass', () => {
    const spent = adaptiveEpsilon(first, seconds, delta);
    const price = (budget: number): number =>
      Math.max(
        ...seconds.map((second) =>
          renyiFilter(budget, delta)('add-or-remove-one').preview(together(first, second), delta),
        ),
      );
    for (const times of [1, 1.1, 2, 4]) expect(price(times * epsilon)).toBeGreaterThan(spent);
  });

  it('is refused by a ledger whose budget it would pass', () =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, {
        ...{ ...options, adjacency: 'add-or-remove-one', budget: epsilon, accountant: undefined },
      });
      const charge = (round: number, event: DpEvent) =>
        ledger.charge(chargeOf(round, { adjacency: 'add-or-remove-one', event }));
      await charge(0, { type: 'gaussian', noiseMultiplier: first });
      for (const second of seconds)
        await expect(charge(1, eventOf(second))).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
      expect(ledger).toMatchObject({ accountant: 'rdp-filter', head: { count: 1 } });
    }));
});

describe('second studies that fill the budget of a filter each', () => {
  const filter = renyiFilter(2, delta)('add-or-remove-one');
  /** The least noise with which a second study passes. */
  const leastNoise = (first: number, samplingProbability?: number): number => {
    let [low, high] = [0.2, 100];
    while (high - low > 1e-9 * high) {
      const middle = (low + high) / 2;
      const second = { noiseMultiplier: middle, ...(samplingProbability !== undefined && { samplingProbability }) };
      if (filter.preview(together(first, second), delta) > 2) low = middle;
      else high = middle;
    }
    return high;
  };

  it.each([2.6, 4, 8])('keep it, whichever is chosen after a first of noise %s', (first) => {
    const seconds: OneRelease[] = [undefined, 0.5, 0.1, 0.02, 0.002, 2e-4].map((samplingProbability) => ({
      noiseMultiplier: leastNoise(first, samplingProbability),
      ...(samplingProbability !== undefined && { samplingProbability }),
    }));
    const chosen = adaptiveDelta(first, seconds, 2);
    expect(chosen).toBeLessThanOrEqual(delta);
    // The choice is worth something: no second study fixed beforehand costs as much.
    expect(chosen).toBeGreaterThan(Math.max(...seconds.map((second) => settledDelta(first, second, 2))));
  });
});
