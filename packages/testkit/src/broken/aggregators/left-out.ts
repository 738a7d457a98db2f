import type { Aggregator, Reduced, Update } from '@fedward/core';
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

const leavingOut = (reduction: typeof AllButLongest) => () => ({
  ...reducing(reduction)(),
  provides: [],
});

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
