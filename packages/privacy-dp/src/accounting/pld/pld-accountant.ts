import {
  canonicalJson,
  composeEvents,
  largest,
  type AccountantFactory,
  type Adjacency,
  type DpEvent,
} from '@fedward/core';
import { firstUnpriced, releasesOf, unsupported } from '../unpriced.js';
import { assertDelta } from '../delta.js';
import { gaussianEpsilon } from '../gaussian-profile.js';
import { rdpAccountant } from '../rdp-accountant.js';
import { composedEpsilon, type ComposedEpsilon } from './composed-epsilon.js';
import { lossCache, type CountedPair } from './release-losses.js';
import { releaseOf } from './release.js';
import { sampledGaussianEpsilon } from './single-gaussian.js';

/** Epsilons are kept by history and delta: what a round's preview found is what its charge costs. */
const mostEpsilons = 256;

/** All that releases cost together, before it is an epsilon. */
interface Composition {
  /** Of all unsampled Gaussians: together they are one, exactly (Dong, Roth and Su 2022, corollary 3.3). */
  readonly muSquared: number;
  /** Each once. */
  readonly others: readonly CountedPair[];
  /** Sum of the gaps of all releases. */
  readonly gap: number;
  readonly exposed: boolean;
}

/**
 * Privacy loss distributions (Sommer, Meiser and Mohammadi 2019; Koskela, Jalko and Honkela 2020): the distributions of
 * the releases' privacy losses are convolved, and epsilon is read off their sum. It is never below the true epsilon of
 * the dominating pairs (see `composedEpsilon` for what that rests on), and mostly within 1e-4 of it, relative. Where it
 * is not that close, for 1e9 releases and more or for integers that move by more than one, it is not above the epsilon of
 * Renyi differential privacy.
 *
 * It prices Gaussian, Laplace and discrete Gaussian releases under either adjacency; each on a Poisson sample under
 * add-or-remove-one, as the worse of both directions, and on a sample of fixed size under replace-one; a `non-private`
 * release with epsilon Infinity. Any other event is refused with the reason. Unsampled Gaussians alone are exact, and one
 * Gaussian on a Poisson sample.
 */
export function pldAccountant(): AccountantFactory {
  const cache = lossCache();
  const known = new Map<string, number>();
  const renyi = rdpAccountant();

  const epsilonOf = (history: DpEvent, adjacency: Adjacency, delta: number): number => {
    const key = canonicalJson([history, adjacency, delta]);
    let epsilon = known.get(key);
    if (epsilon === undefined) {
      epsilon = leastOf(history, adjacency, delta);
      if (known.size >= mostEpsilons) known.clear();
      known.set(key, epsilon);
    }
    return epsilon;
  };

  const leastOf = (history: DpEvent, adjacency: Adjacency, delta: number): number => {
    const { muSquared, others, gap, exposed } = composition(history, adjacency);
    // P <= e^gap P' and Q >= e^-gap Q' give delta(epsilon) <= e^gap delta'(epsilon - 2 gap).
    const rest = delta * Math.exp(-gap);
    if (exposed || rest === 0) return Infinity;
    const { epsilon, isSharp } = epsilonOfPairs(muSquared, others, rest);
    // Both are proved: the lesser holds.
    return isSharp && gap === 0 ? epsilon : Math.min(2 * gap + epsilon, renyi(adjacency).preview(history, delta));
  };

  const epsilonOfPairs = (muSquared: number, others: readonly CountedPair[], delta: number): ComposedEpsilon => {
    const mu = Math.sqrt(muSquared);
    if (others.length === 0) return { epsilon: gaussianEpsilon(mu, delta), isSharp: true };
    const all: CountedPair[] = [...others];
    if (mu > 0) all.push({ pair: { noise: 'gaussian', mu }, sampling: { kind: 'all' }, count: 1 });
    const directions = all.some(({ sampling }) => sampling.kind === 'poisson')
      ? (['remove', 'add'] as const)
      : (['remove'] as const);
    let worst: ComposedEpsilon = { epsilon: 0, isSharp: true };
    const [only] = all;
    if (all.length === 1 && only!.count === 1 && only!.pair.noise === 'gaussian' && only!.sampling.kind === 'poisson') {
      const [{ mu }, { rate }] = [only!.pair, only!.sampling];
      const epsilons = directions.map((direction) => sampledGaussianEpsilon(mu, rate, direction, delta));
      return { epsilon: largest(epsilons), isSharp: true };
    }
    for (const direction of directions) {
      const one = composedEpsilon(all, direction, delta, cache, worst.epsilon);
      if (one.epsilon > worst.epsilon) worst = one;
    }
    return worst;
  };

  return (adjacency) => {
    let composed: DpEvent = { type: 'none' };
    const after = (event: DpEvent): DpEvent => {
      composition(event, adjacency);
      return composeEvents(composed, event);
    };
    return {
      name: 'pld',
      adjacency,
      unpriced: (event) => firstUnpriced(event, (release) => releaseOf(release, adjacency)),
      compose(event) {
        composed = after(event);
      },
      preview(event, delta) {
        assertDelta(delta);
        return epsilonOf(after(event), adjacency, delta);
      },
      epsilon(delta) {
        assertDelta(delta);
        return epsilonOf(composed, adjacency, delta);
      },
      get composed() {
        return composed;
      },
    };
  };
}

/** @throws {FedwardError} EVENT_UNSUPPORTED naming the type of the first release that can't be priced */
function composition(event: DpEvent, adjacency: Adjacency): Composition {
  let [muSquared, gap, exposed] = [0, 0, false];
  const others = new Map<string, CountedPair>();
  for (const { release: single, count } of releasesOf(event)) {
    const release = releaseOf(single, adjacency);
    if ('refused' in release) throw unsupported('pld', adjacency, { part: single, reason: release.refused });
    if (release.kind === 'exposed') exposed = true;
    if (release.kind !== 'private') continue;
    const { pair, sampling } = release;
    gap += count * release.gap;
    if (pair.noise === 'gaussian' && sampling.kind === 'all') muSquared += count * pair.mu ** 2;
    else {
      const key = JSON.stringify([pair, sampling]);
      others.set(key, { pair, sampling, count: count + (others.get(key)?.count ?? 0) });
    }
  }
  // In an order of their own: the same releases cost the same, bit for bit, whichever came first.
  const sorted = [...others].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
  return { muSquared, others: sorted, gap, exposed };
}
