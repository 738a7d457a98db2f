import { createLayout, FedwardError, type Aggregator, type Update } from '@fedward/core';
import type { Broken } from '../expect.js';
import { changed, Mean, reducing } from './reference.js';

const done = 'it says why it is done, or nothing, and the same of the same state';

/** What it tells of plans, of whom it left out, and of its end; what it hands out, and what it expects. */
export const brokenPromises: Record<string, Broken<Aggregator>> = {
  'hands out its own state': {
    create: changed(({ parameters }) => ({
      parameters: (state) => ({ ...parameters(state), values: state.values }),
    })),
    fails: ['changing what parameters() gave does not change the state'],
  },

  'takes no update of an earlier round, and says that it does': {
    create: changed(({ reduce }) => ({
      reduce(state, context) {
        const reduction = reduce(state, context);
        return {
          add(update) {
            if (update.baseRound < context.round) throw new FedwardError('UPDATE_INVALID', 'late', update.clientId);
            reduction.add(update);
          },
          finish: () => reduction.finish(),
        };
      },
    })),
    fails: ['stale-updates: an update of an earlier round is taken'],
  },

  'adds the model to each change in float32': {
    create: reducing(
      class extends Mean {
        override take({ payload, ...update }: Update): void {
          const { values: model } = this.model;
          const values =
            payload.values instanceof Float32Array
              ? payload.values.map((x, i) => Math.fround(model[i]! + x) - model[i]!)
              : payload.values;
          super.take({ ...update, payload: { layout: payload.layout, values } });
        }
      },
    ),
    fails: [
      'a change far below the model arrives',
      'sum-only: it is the sum by weight, as core makes it of updates that are masked',
    ],
  },

  'drifts where nothing was learnt': {
    create: changed(({ apply }) => ({
      apply(state, aggregate, context) {
        const next = apply(state, aggregate, context);
        return aggregate.payload.some((x) => x !== 0) ? next : { ...next, values: next.values.map((w) => w + 0.01) };
      },
    })),
    fails: ['updates of zeros leave the model as it is'],
  },

  'is done without a reason': {
    create: changed(() => ({ done: () => ' ' })),
    fails: [done],
  },

  'counts how often it is asked whether it is done': {
    create: changed(() => {
      let asked = 0;
      return { done: () => (++asked > 2 ? 'long enough' : undefined) };
    }),
    fails: [done],
  },

  'takes any plan': {
    create: changed(() => ({ validate: () => undefined })),
    fails: ['a plan that it can not work under is refused'],
  },

  'writes its own plan': {
    create: changed(({ validate }) => ({
      validate(plan) {
        validate!(plan);
        Object.assign(plan.aggregator, { name: 'mine' });
      },
    })),
    fails: ['the plan that it was made for is accepted, unchanged'],
  },

  'expects something else in each process': {
    create: () => {
      const layout = createLayout([{ name: `t${processes++}`, shape: [8] }]);
      return changed(({ instruct, parameters }) => ({
        instruct: (...given) => ({ ...instruct(...given), expects: { layout, element: 'f32' } }),
        reduce: (state) => new Mean({ ...parameters(state), layout }),
      }))();
    },
    fails: [
      'an aggregate divided by its divisor is the mean of the changes',
      'a sum of many small changes is not lost',
      'a sum is kept in float64',
      'a mean of one change is that change',
      'a mean of equal changes is that change',
      'a mean keeps every value in its place',
      'a mean counts every change by its weight',
      'a change far below the model arrives',
      'what it expects is a form, and the same when asked again',
    ],
  },
};

let processes = 0;
