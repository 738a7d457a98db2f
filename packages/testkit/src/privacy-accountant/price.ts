import type { Adjacency, DpEvent } from '@fedward/core';
import { composedDelta, exactDelta } from '../support/exact-delta.js';
import type { Checks } from '../suite.js';
import type { Given } from './composition.js';
import { soundness } from './sound.js';

/** No price may be below what an attacker can be shown to learn. */
export function priceChecks({ create, adjacencies }: Given): Checks {
  const gaussian = (noiseMultiplier: number): DpEvent => ({ type: 'gaussian', noiseMultiplier });

  const sound = soundness({ create, adjacencies });
  const oneStep =
    (noiseMultiplier: number, samplingProbability = 1) =>
    (adjacency: Adjacency) =>
    (epsilon: number): number =>
      exactDelta(adjacency, noiseMultiplier, samplingProbability, epsilon);

  return {
    'a Gaussian never costs less than it truly does'() {
      for (const noiseMultiplier of [0.3, 0.5, 1, 1.7, 4, 20])
        sound([gaussian(noiseMultiplier)], oneStep(noiseMultiplier));
    },

    'n Gaussians never cost less than they truly do'() {
      // n Gaussians are one Gaussian whose noise is smaller by the square root of n.
      for (const [noiseMultiplier, n] of [
        [1, 2],
        [2, 9],
        [5, 25],
        [30, 100],
      ] as const) {
        sound(
          Array.from({ length: n }, () => gaussian(noiseMultiplier)),
          oneStep(noiseMultiplier / Math.sqrt(n)),
        );
        const repeated: DpEvent = { type: 'repeated', event: gaussian(noiseMultiplier), count: n };
        sound([repeated], oneStep(noiseMultiplier / Math.sqrt(n)));
      }
    },

    'Gaussians of different noise never cost less than they truly do'() {
      for (const [a, b] of [
        [1, 2],
        [0.7, 5],
        [3, 3.5],
      ] as const)
        sound([gaussian(a), gaussian(b)], oneStep(1 / Math.sqrt(1 / (a * a) + 1 / (b * b))));
    },

    'a Gaussian on a Poisson sample never costs less than it truly does'() {
      for (const noiseMultiplier of [0.5, 0.8, 1.3, 3])
        for (const samplingProbability of [0.01, 0.1, 0.5, 1]) {
          const event: DpEvent = { type: 'poisson-sampled', samplingProbability, event: gaussian(noiseMultiplier) };
          sound([event], oneStep(noiseMultiplier, samplingProbability));
        }
    },

    'Gaussians on Poisson samples never cost less than they truly do'() {
      for (const { noiseMultiplier, samplingProbability, truth } of sampled) {
        const event: DpEvent = { type: 'poisson-sampled', samplingProbability, event: gaussian(noiseMultiplier) };
        sound([{ type: 'repeated', event, count: 16 }], truth);
      }
    },
  };
}

/** 16 steps on samples; what an attacker has is the same for every accountant, and takes a while to find. */
const sampled = (
  [
    [1, 0.2],
    [2, 0.5],
  ] as const
).map(([noiseMultiplier, samplingProbability]) => {
  const known = new Map<Adjacency, (epsilon: number) => number>();
  const truth = (adjacency: Adjacency): ((epsilon: number) => number) => {
    const delta = known.get(adjacency) ?? composedDelta(adjacency, noiseMultiplier, samplingProbability, 4);
    known.set(adjacency, delta);
    return delta;
  };
  return { noiseMultiplier, samplingProbability, truth };
});
