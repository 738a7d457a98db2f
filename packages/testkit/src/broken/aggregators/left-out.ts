import type { Aggregator, Reach, Reduced, Update } from '@fedward/core';
import type { Broken } from '../expect.js';
import { Mean, reducing } from './reference.js';

const counted = 'an aggregate counts its updates and can be divided';
const named = 'whoever is left out is one of those who came, each once, with a reason';

/** A mean without the longest update, correct and as small as it can be. */
class AllButLongest extends Mean {
  readonly kept: Update[] = [];

  override take(update: Update): void {
    this.kept.push(structuredClone(update));
  }

  override finish(): Reduced {
    const byLength = this.kept.toSorted((a, b) => lengthOf(b) - lengthOf(a));
    const [longest, ...others] = this.kept.length > 1 ? byLength : [undefined, ...this.kept];
    for (const update of this.kept) if (others.includes(update)) super.take(update);
    return { ...super.finish(), ...(longest && { leftOut: [{ id: longest.clientId, reason: 'longer than all' }] }) };
  }
}

const lengthOf = ({ payload }: Update): number => Math.hypot(...payload.values);

/** How far each site moves it, of which nothing is known. */
const unbounded = (weights: ReadonlyMap<string, number>): Reach[] =>
  [...weights.keys()].map((id) => ({ id, share: null, most: Infinity, because: 'as far as all but the longest go' }));

const leavingOut =
  (reduction: typeof AllButLongest, reach: typeof unbounded = unbounded) =>
  () => ({
    ...reducing(reduction)(),
    provides: [],
    reach,
  });

const told = 'it tells how far each site could move the model, in their order, with the reason';

export const referenceLeavingOut = leavingOut(AllButLongest);

/** Whom a reduction leaves out. */
export const brokenLeavingOut: Record<string, Broken<Aggregator>> = {
  'leaves an update out, and tells nobody': {
    create: leavingOut(
      class extends AllButLongest {
        override finish() {
          const { leftOut: _, ...sum } = super.finish();
          return sum;
        }
      },
    ),
    fails: [counted],
  },

  'leaves out who had sent nothing': {
    create: leavingOut(
      class extends AllButLongest {
        override finish() {
          const { leftOut, ...sum } = super.finish();
          return { ...sum, ...(leftOut && { leftOut: [{ id: 'nobody', reason: 'silent' }] }) };
        }
      },
    ),
    fails: [named],
  },

  'leaves an update out without a reason': {
    create: leavingOut(
      class extends AllButLongest {
        override finish() {
          const { leftOut = [], ...sum } = super.finish();
          return { ...sum, leftOut: leftOut.map(({ id }) => ({ id, reason: ' ' })) };
        }
      },
    ),
    fails: [named],
  },

  'tells of the sites in another order': {
    create: leavingOut(AllButLongest, (weights) => unbounded(weights).reverse()),
    fails: [told],
  },

  'tells of a share above 1': {
    create: leavingOut(AllButLongest, (weights) => unbounded(weights).map((one) => ({ ...one, share: 2 }))),
    fails: [told],
  },

  'tells of no reason for its reach': {
    create: leavingOut(AllButLongest, (weights) => unbounded(weights).map((one) => ({ ...one, because: '' }))),
    fails: [told],
  },

  'leaves one update out twice': {
    create: leavingOut(
      class extends AllButLongest {
        override finish() {
          const { leftOut = [], ...sum } = super.finish();
          return { ...sum, leftOut: [...leftOut, ...leftOut] };
        }
      },
    ),
    fails: [counted, named],
  },
};
