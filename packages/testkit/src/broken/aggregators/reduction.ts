import type { Aggregator, Update } from '@fedward/core';
import type { Broken } from '../expect.js';
import { Mean, reducing } from './reference.js';

/** How updates become one. */
export const brokenReductions: Record<string, Broken<Aggregator>> = {
  'accumulates in float32': {
    create: reducing(
      class extends Mean {
        override readonly sum = new Float32Array(this.model.layout.size);
      },
    ),
    fails: [
      'sum-only: it is the sum by weight, as core makes it of updates that are masked',
      'a sum of many small changes is not lost',
      'updates at the end of float32 have a finite sum',
      'a sum is kept in float64',

      'sum-only: the sum over a cohort is the sum over its parts',
    ],
  },

  'forgets the weights': {
    create: reducing(
      class extends Mean {
        override take(update: Update): void {
          super.take({ ...update, weight: 1 });
        }
      },
    ),
    fails: [
      'sum-only: it is the sum by weight, as core makes it of updates that are masked',
      'a sum of many small changes is not lost',
      'a mean counts every change by its weight',

      'a mean keeps every value in its place',
    ],
  },

  'divides by the number of updates': {
    create: reducing(
      class extends Mean {
        override finish() {
          return { ...super.finish(), divisor: this.count };
        }
      },
    ),
    fails: [
      'a sum of many small changes is not lost',
      'a mean of one change is that change',
      'a mean of equal changes is that change',
      'a mean counts every change by its weight',
      'a change far below the model arrives',

      'weights count by their proportions alone',

      'a mean keeps every value in its place',
      'sum-only: it is the sum by weight, as core makes it of updates that are masked',
    ],
  },

  'keeps references to updates until the end': {
    create: reducing(
      class extends Mean {
        readonly kept: Update[] = [];
        override take(update: Update): void {
          this.kept.push(update);
        }
        override finish() {
          this.kept.forEach((update) => super.take(update));
          return super.finish();
        }
      },
    ),
    fails: ['an update overwritten after add() still counts as it was'],
  },

  'keeps a copy of every update until the end': {
    create: reducing(
      class extends Mean {
        readonly kept: Update[] = [];
        override take(update: Update): void {
          this.kept.push(structuredClone(update));
        }
        override finish() {
          this.kept.forEach((update) => super.take(update));
          return super.finish();
        }
      },
    ),
    fails: ['sum-only: memory does not grow with the cohort'],
  },

  'weighs an update where it lies': {
    create: reducing(
      class extends Mean {
        override take(update: Update): void {
          update.payload.values.forEach((x, i, values) => (values[i] = x * 0.5));
          update.payload.values.forEach((x, i) => (this.sum[i]! += 2 * update.weight * x));
          this.divisor += update.weight;
          this.count++;
        }
      },
    ),
    fails: [
      'an aggregate divided by its divisor is the mean of the changes',
      'a mean of one change is that change',
      'a mean of equal changes is that change',
      'a mean keeps every value in its place',
      'no call changes its inputs',
      'the same state and updates give the same bits',
      'the order of the cohort changes nothing but rounding',
      'a client that drops out leaves the others as they are',
      'weights count by their proportions alone',
      'an update overwritten after add() still counts as it was',
      'two reductions side by side do not mix',
      'a refused update leaves no trace in the sum',
      'sum-only: the sum over a cohort is the sum over its parts',
      'bounded-sensitivity: an update moves the sum by its norm times its weight at most',
    ],
  },

  'lets the last update count most': {
    create: reducing(
      class extends Mean {
        override take(update: Update): void {
          this.count++;
          this.divisor += update.weight;
          // Half the mean so far and half the update, whatever their weights, times the divisor.
          update.payload.values.forEach((x, i) => {
            const before = this.sum[i]! / (this.divisor - update.weight);
            this.sum[i] = this.divisor * (this.count > 1 ? (before + x) / 2 : x);
          });
        }
      },
    ),
    fails: [
      'sum-only: it is the sum by weight, as core makes it of updates that are masked',
      'a sum of many small changes is not lost',
      'a mean counts every change by its weight',
      'the order of the cohort changes nothing but rounding',
      'sum-only: the sum over a cohort is the sum over its parts',
      'bounded-sensitivity: an update moves the sum by its norm times its weight at most',

      'a mean keeps every value in its place',
      'a sum is kept in float64',
    ],
  },

  'gives its sum in float32': {
    create: reducing(
      class extends Mean {
        override finish() {
          const { payload, ...rest } = super.finish();
          return { ...rest, payload: Float32Array.from(payload) as unknown as Float64Array };
        }
      },
    ),
    fails: [
      'sum-only: it is the sum by weight, as core makes it of updates that are masked',
      'an aggregate counts its updates and can be divided',
      'sum-only: the sum over a cohort is the sum over its parts',
    ],
  },

  'divides by less than nothing': {
    create: reducing(
      class extends Mean {
        override finish() {
          const { payload, divisor, count } = super.finish();
          return { payload: payload.map((x) => -x), divisor: -divisor, count };
        }
      },
    ),
    fails: [
      'sum-only: it is the sum by weight, as core makes it of updates that are masked',
      'stale-updates: an update of an earlier round is taken',
      'an aggregate counts its updates and can be divided',
    ],
  },

  'counts records for updates': {
    create: reducing(
      class extends Mean {
        override finish() {
          return { ...super.finish(), count: this.divisor };
        }
      },
    ),
    fails: [
      'stale-updates: an update of an earlier round is taken',
      'an aggregate counts its updates and can be divided',
      'sum-only: it is the sum by weight, as core makes it of updates that are masked',
    ],
  },
};
