import assert from 'node:assert/strict';
import type { Adjacency, DpEvent } from '@fedward/core';
import { assertClose } from '../support/assertions.js';
import { exactDelta } from '../support/exact-delta.js';
import type { Checks } from '../suite.js';
import { deltas, numerics, prices, say, spend, type Given } from './composition.js';
import { soundness } from './sound.js';

const releases: readonly DpEvent[] = [
  { type: 'gaussian', noiseMultiplier: 0.8 },
  { type: 'gaussian', noiseMultiplier: 5 },
  { type: 'laplace', noiseMultiplier: 2 },
  { type: 'discrete-gaussian', sigma: 3, sensitivity: 2 },
];

const poisson = (samplingProbability: number, event: DpEvent): DpEvent => ({
  type: 'poisson-sampled',
  samplingProbability,
  event,
});
const fixedSize = (size: number, population: number, event: DpEvent): DpEvent => ({
  type: 'fixed-size-sampled',
  size,
  population,
  event,
});

/** Releases on samples. A sampling that an accountant does not know, under an adjacency, is not asked for. */
export function samplingChecks({ create, adjacencies }: Given): Checks {
  const price = (adjacency: Adjacency, delta: number, event: DpEvent): number | undefined =>
    prices(create(adjacency), event) ? spend(create, adjacency, event).epsilon(delta) : undefined;

  /** For each release, alone and ten times, what it costs against what `sampled` of it costs. */
  const against = (sampled: (event: DpEvent) => DpEvent, check: (part: number, whole: number, of: string) => void) => {
    for (const adjacency of adjacencies)
      for (const release of releases)
        for (const count of [1, 10])
          for (const delta of deltas) {
            const [part, whole] = [sampled(release), release].map((event) =>
              price(adjacency, delta, { type: 'repeated', event, count }),
            );
            if (part !== undefined && whole !== undefined)
              check(part, whole, `${count} x ${say(sampled(release))} under ${adjacency} at delta ${delta}`);
          }
  };

  return {
    'a release on a sample never costs more than on all records'() {
      for (const sampled of [
        ...[0.01, 0.2, 0.9].map((q) => (event: DpEvent) => poisson(q, event)),
        ...[1, 20, 90].map((size) => (event: DpEvent) => fixedSize(size, 100, event)),
      ])
        against(sampled, (part, whole, of) => {
          const most = whole * (1 + numerics.relative) + numerics.absolute;
          assert.ok(part <= most, `${of} costs ${part}, on all records ${whole}`);
        });
    },

    'a sample of everybody costs what the release itself costs'() {
      for (const sampled of [(event: DpEvent) => poisson(1, event), (event: DpEvent) => fixedSize(100, 100, event)])
        against(sampled, (part, whole, of) => assertClose(part, whole, of, numerics));
    },

    'a Gaussian on a sample of fixed size never costs less than it truly does'() {
      const sound = soundness({ create, adjacencies });
      for (const noiseMultiplier of [0.5, 0.8, 1.3, 3])
        for (const size of [1, 10, 50, 100])
          sound(
            [fixedSize(size, 100, { type: 'gaussian', noiseMultiplier })],
            (adjacency) => (epsilon) => exactDelta(adjacency, noiseMultiplier, size / 100, epsilon),
          );
    },
  };
}
