import assert from 'node:assert/strict';
import type { DpEvent } from '@fedward/core';
import { discreteGaussianDelta, laplaceDelta, sampledDelta } from '../support/exact-noise.js';
import type { Checks } from '../suite.js';
import { deltas, numerics, prices, say, spend, type Given } from './composition.js';
import { soundness } from './sound.js';

/** Noise other than the continuous Gaussian. An accountant that does not know it is not asked. */
export function noiseChecks({ create, adjacencies }: Given): Checks {
  const laplace = (noiseMultiplier: number): DpEvent => ({ type: 'laplace', noiseMultiplier });
  const sound = soundness({ create, adjacencies });

  return {
    'a Laplace release never costs less than it truly does'() {
      for (const noiseMultiplier of [0.3, 1, 2.5, 20])
        sound([laplace(noiseMultiplier)], () => (epsilon) => laplaceDelta(noiseMultiplier, epsilon));
    },

    'a Laplace release on a Poisson sample never costs less than it truly does'() {
      for (const noiseMultiplier of [0.3, 1, 2.5])
        for (const samplingProbability of [0.05, 0.4]) {
          const truth = (epsilon: number): number => laplaceDelta(noiseMultiplier, epsilon);
          sound(
            [{ type: 'poisson-sampled', samplingProbability, event: laplace(noiseMultiplier) }],
            () => (epsilon) => sampledDelta(samplingProbability, truth, epsilon),
          );
        }
    },

    'n Laplace releases never cost more than n times the pure epsilon of one'() {
      for (const adjacency of adjacencies)
        for (const noiseMultiplier of [0.5, 1, 4])
          for (const count of [1, 5]) {
            const event: DpEvent = { type: 'repeated', event: laplace(noiseMultiplier), count };
            if (!prices(create(adjacency), event)) continue;
            const most = (count / noiseMultiplier) * (1 + numerics.relative) + numerics.absolute;
            for (const delta of [...deltas, 1e-15]) {
              const epsilon = spend(create, adjacency, event).epsilon(delta);
              assert.ok(epsilon <= most, `${say(event)} costs ${epsilon} at delta ${delta}, more than ${most}`);
            }
          }
    },

    'a discrete Gaussian release never costs less than it truly does'() {
      for (const [sigma, sensitivity] of [
        [0.4, 1],
        [1, 1],
        [2.5, 1],
        [3, 4],
        [50, 10],
      ] as const)
        sound(
          [{ type: 'discrete-gaussian', sigma, sensitivity }],
          () => (epsilon) => discreteGaussianDelta(sigma, sensitivity, epsilon),
        );
    },
  };
}
