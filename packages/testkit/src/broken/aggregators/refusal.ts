import { FedwardError, type Aggregator, type Update } from '@fedward/core';
import type { Broken } from '../expect.js';
import { Mean, reducing } from './reference.js';

/** What is refused, and when. */
export const brokenRefusals: Record<string, Broken<Aggregator>> = {
  'does not look at the layout': {
    create: reducing(
      class extends Mean {
        override assertLayout(): void {}
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
        override assertLayout({ clientId, payload }: Update): void {
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
        override checkWeight({ weight }: Update): void {
          if (!(weight > 0 && weight < Infinity)) throw new FedwardError('UPDATE_INVALID', `weight ${weight}`);
        }
      },
    ),
    fails: ['a weight that is not positive and finite is refused, naming the client'],
  },

  'adds the weight before it checks the update': {
    create: reducing(
      class extends Mean {
        override assertLayout(update: Update): void {
          this.divisor += update.weight;
          try {
            super.assertLayout(update);
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
      'a mean of one change is that change',
      'a change far below the model arrives',
      'as few updates as it needs are enough',
      'sum-only: the sum over a cohort is the sum over its parts',
    ],
  },
};
