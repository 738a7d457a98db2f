import { FedwardError, type Aggregator, type FitResult } from '@fedward/core';
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
      'a sum is kept in float64',
      'a sum of many small updates is not lost',
      'sum-only: the sum over a cohort is the sum over its parts',
    ],
  },

  'forgets the weights': {
    create: reducing(
      class extends Mean {
        override take(update: FitResult): void {
          super.take({ ...update, weight: 1 });
        }
      },
    ),
    fails: [
      'a mean counts every update by its weight',
      'a mean keeps every value in its place',
      'a sum of many small updates is not lost',
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
      'updates equal to what was sent leave the model as it is',
      'weights count by their proportions alone',
      'a mean of equal updates is that update',
      'a mean of one update is that update',
      'a mean counts every update by its weight',
      'a mean keeps every value in its place',
      'a sum of many small updates is not lost',
    ],
  },

  'keeps references to updates until the end': {
    create: reducing(
      class extends Mean {
        readonly kept: FitResult[] = [];
        override take(update: FitResult): void {
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
        readonly kept: FitResult[] = [];
        override take(update: FitResult): void {
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
        override take(update: FitResult): void {
          update.payload.values.forEach((x, i, values) => (values[i] = x * 0.5));
          update.payload.values.forEach((x, i) => (this.sum[i]! += 2 * update.weight * x));
          this.divisor += update.weight;
          this.count++;
        }
      },
    ),
    fails: [
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
      'a mean of equal updates is that update',
      'a mean of one update is that update',
      'an aggregate divided by its divisor is the mean',
    ],
  },

  'does not look at the layout': {
    create: reducing(
      class extends Mean {
        override checkLayout(): void {}
      },
    ),
    fails: [
      'an update in another layout is refused, naming the client',
      'the first update is held to the layout too',
      'a refused update leaves no trace in the sum',
    ],
  },

  'looks at the number of values alone': {
    create: reducing(
      class extends Mean {
        override checkLayout({ clientId, payload }: FitResult): void {
          if (payload.values.length !== this.model.values.length)
            throw new FedwardError('UPDATE_INVALID', 'another size', clientId);
        }
      },
    ),
    fails: [
      'an update in another layout is refused, naming the client',
      'the first update is held to the layout too',
      'a refused update leaves no trace in the sum',
    ],
  },

  'takes any weight': {
    create: reducing(
      class extends Mean {
        override checkWeight(): void {}
      },
    ),
    fails: [
      'a weight that is not positive and finite is refused, naming the client',
      'a refused update leaves no trace in the sum',
    ],
  },

  'refuses without naming the client': {
    create: reducing(
      class extends Mean {
        override checkWeight({ weight }: FitResult): void {
          if (!(weight > 0 && weight < Infinity)) throw new FedwardError('UPDATE_INVALID', `weight ${weight}`);
        }
      },
    ),
    fails: ['a weight that is not positive and finite is refused, naming the client'],
  },

  'adds the weight before it checks the update': {
    create: reducing(
      class extends Mean {
        override checkLayout(update: FitResult): void {
          this.divisor += update.weight;
          try {
            super.checkLayout(update);
          } finally {
            this.divisor -= update.payload.values.length === this.model.layout.size ? update.weight : 0;
          }
        }
      },
    ),
    fails: ['a refused update leaves no trace in the sum'],
  },

  'gives NaN for a cohort of nobody': {
    create: reducing(
      class extends Mean {
        override finish() {
          return { payload: Float64Array.from(this.sum), divisor: this.divisor, count: this.count };
        }
      },
    ),
    fails: ['fewer updates than it needs are refused'],
  },

  'lets the last update count most': {
    create: reducing(
      class extends Mean {
        override take(update: FitResult): void {
          this.count++;
          this.divisor += update.weight;
          update.payload.values.forEach((x, i) => {
            this.sum[i] =
              (this.divisor * (this.sum[i]! / (this.divisor - update.weight || 1) + x)) / (this.count > 1 ? 2 : 1);
          });
        }
      },
    ),
    fails: [
      'the order of the cohort changes nothing but rounding',
      'sum-only: the sum over a cohort is the sum over its parts',
      'bounded-sensitivity: an update moves the sum by its norm times its weight at most',
      'a mean counts every update by its weight',
      'a mean keeps every value in its place',
      'a sum is kept in float64',
      'a sum of many small updates is not lost',
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
    fails: ['an aggregate counts its updates and can be divided'],
  },

  'counts records for updates': {
    create: reducing(
      class extends Mean {
        override finish() {
          return { ...super.finish(), count: this.divisor };
        }
      },
    ),
    fails: ['an aggregate counts its updates and can be divided', 'as few updates as it needs are enough'],
  },

  'needs two updates, and does not say so': {
    create: reducing(
      class extends Mean {
        override finish() {
          if (this.count === 1) throw new FedwardError('QUORUM_NOT_MET', 'one update');
          return super.finish();
        }
      },
    ),
    fails: [
      'as few updates as it needs are enough',
      'sum-only: the sum over a cohort is the sum over its parts',
      'a mean of one update is that update',
    ],
  },
};
