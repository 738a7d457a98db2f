import { createParameters, type Aggregator, type State } from '@fedward/core';
import type { Broken } from '../expect.js';
import { changed, type MeanState } from './reference.js';

/** What is kept, and what is sent. */
export const brokenStates: Record<string, Broken<Aggregator>> = {
  'shares the initial parameters': {
    create: changed(({ init }) => ({
      init: (initial, context) => ({ ...init(initial, context), values: initial.values }),
    })),
    fails: ['the state shares no memory with the initial parameters'],
  },

  'writes the new model over the old one': {
    create: changed(({ apply }) => ({
      apply(state, aggregate, context) {
        state.values.set(apply(state, aggregate, context).values);
        return state;
      },
    })),
    fails: [
      'weights count by their proportions alone',
      'the order of the cohort changes nothing but rounding',
      'no call changes its inputs',
    ],
  },

  'starts from zeros': {
    create: changed(({ init }) => ({
      init: (initial, context) => ({ ...init(initial, context), values: new Float32Array(initial.values.length) }),
    })),
    fails: [
      'an aggregate divided by its divisor is the mean of the changes',
      'a sum of many small changes is not lost',
      'a sum is kept in float64',
      'a mean of one change is that change',
      'a mean of equal changes is that change',
      'a mean keeps every value in its place',
      'a mean counts every change by its weight',
      'the first model is the one that it was given',
    ],
  },

  'turns the tensors round': {
    create: changed(({ apply }) => ({
      apply: (state, ...given) => ({ ...apply(state, ...given), tensors: state.tensors.toReversed() }),
    })),
    fails: ['a round keeps the layout of the model'],
  },

  'keeps the aggregate that it was given': {
    create: changed(({ apply }) => ({
      apply: (state, aggregate, context) => ({ ...apply(state, aggregate, context), sum: aggregate.payload }),
    })),
    fails: ['a new state shares no memory with the aggregate or the updates'],
  },

  'divides by the size of the cohort': {
    create: changed(({ reduce }) => ({
      reduce(state, context) {
        const reduction = reduce(state, context);
        return {
          add: (update) => reduction.add(update),
          finish() {
            const aggregate = reduction.finish();
            return { ...aggregate, divisor: (aggregate.divisor * context.cohort.length) / aggregate.count };
          },
        };
      },
    })),
    fails: [
      'a client that drops out leaves the others as they are',
      'sum-only: the sum over a cohort is the sum over its parts',
    ],
  },

  'keeps momentum in a closure': {
    create: changed(({ apply }) => {
      let velocity: Float32Array | undefined;
      return {
        apply(state, aggregate, context) {
          const { values } = apply(state, aggregate, context);
          const before = velocity;
          velocity = values.map((x, i) => 0.5 * (before?.[i] ?? 0) + x - state.values[i]!);
          return { ...state, values: velocity.map((v, i) => state.values[i]! + v) };
        },
      };
    }),
    fails: [
      'a run goes on from a stored state with the same bits',
      'the same state and updates give the same bits',
      'the order of the cohort changes nothing but rounding',
      'weights count by their proportions alone',
    ],
  },

  'keeps a Map in its state': {
    create: changed(({ apply }) => ({
      apply: (...given) =>
        ({ ...apply(...given), seen: new Map([['hospital-0', 1]]) as unknown as State }) as MeanState,
    })),
    fails: ['the state is data'],
  },

  'sends a model of zeros': {
    create: changed(({ parameters }) => ({
      instruct: (state) => ({ payload: createParameters(parameters(state).layout), instructions: {} }),
    })),
    fails: ['the cohort is sent every tensor of the model, unchanged'],
  },

  'sends instructions that JSON can not carry': {
    create: changed(({ instruct }) => ({
      instruct: (...given) => ({ ...instruct(...given), instructions: { proximalMu: Number.NaN } }),
    })),
    fails: ['what it expects is a form, and the same when asked again'],
  },

  'has no name': { create: changed(() => ({ name: ' ' })), fails: ['it has a name and named capabilities'] },

  'requires what has no name': {
    create: changed(() => ({ requires: [' '] })),
    fails: ['it has a name and named capabilities'],
  },

  'provides something twice': {
    create: changed(({ provides }) => ({ provides: [...provides, 'sum-only'] })),
    fails: ['it has a name and named capabilities'],
  },

  'names the tensors anew': {
    create: changed(({ init }) => ({
      init(initial, context) {
        const { tensors, values } = init(initial, context);
        return { tensors: tensors.map(({ shape }, i) => ({ name: `t${i}`, shape })), values };
      },
    })),
    fails: [
      'a sum of many small changes is not lost',
      'a mean counts every change by its weight',
      'a change far below the model arrives',
      'the first model is the one that it was given',
      'a round keeps the layout of the model',

      'a sum is kept in float64',
    ],
  },

  'sends a value too many': {
    create: changed(({ parameters }) => ({
      instruct(state) {
        const { layout, values } = parameters(state);
        return { payload: { layout, values: Float32Array.of(...values, 0) }, instructions: {} };
      },
    })),
    fails: ['the cohort is sent every tensor of the model, unchanged'],
  },
};
