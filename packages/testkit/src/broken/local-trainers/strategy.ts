import { layoutOf, type LocalTrainer } from '@fedward/core';
import { splitTrained, startValues, strategyOf } from '@fedward/core/training';
import { batchGradient, withoutFrozen } from '../../reference/gradient.js';
import { createNetwork } from '../../reference/network.js';
import { addStrategy, type TrainerParts } from '../../reference/trainer.js';
import type { Broken } from '../expect.js';
import { changedNoise, inContext, training, withParts } from './change.js';

type AddStrategy = TrainerParts['addStrategy'];

const adding = (add: (...given: Parameters<AddStrategy>) => void): (() => LocalTrainer) =>
  withParts({ addStrategy: add });

/** What an aggregator or a personalization asks. */
export const brokenStrategies: Record<string, Broken<LocalTrainer>> = {
  'trains frozen tensors': {
    create: inContext(({ instructions: { frozen, ...others } }) => ({ instructions: others })),
    fails: [
      'a frozen tensor does not move, and the others follow the gradient',
      'a frozen tensor counts for nothing in clipping',
      'a frozen tensor gets no noise, and the others the noise that they have without it',
      'a frozen tensor that the model does not have is refused by name',
    ],
  },

  'freezes after clipping': {
    create: withParts({
      batchGradient: (network, weights, data, batch, context, dropout, record) =>
        batchGradient(network, weights, data, batch, { ...context, instructions: {} }, dropout, record),
    }),
    fails: ['a frozen tensor counts for nothing in clipping'],
  },

  'pulls and corrects what is frozen': {
    create: adding((gradient, weights, start, strategy) => {
      addStrategy(gradient, weights, start, { ...strategy, frozen: [] });
    }),
    fails: ['a frozen tensor does not move, and the others follow the gradient'],
  },

  'draws noise for what is trained alone': {
    create: inContext(({ plan, instructions, noise }) => {
      const freeze = withoutFrozen(createNetwork(plan.model), instructions);
      const trained = new Float64Array(layoutOf(plan.model).size).fill(1);
      freeze(trained);
      return {
        noise: changedNoise(noise, (own) => ({
          addGaussian(values, deviation) {
            const packed = new Float64Array(trained.filter((x) => x === 1).length);
            own.addGaussian(packed, deviation);
            let next = 0;
            trained.forEach((x, i) => (values[i]! += x === 1 ? packed[next++]! : 0));
          },
        })),
      };
    }),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'a frozen tensor gets no noise, and the others the noise that they have without it',
    ],
  },

  'passes over tensors that it does not know': {
    create: withParts({
      strategyOf({ instructions, privateTensors = {}, ...context }, layout) {
        const known = new Set<unknown>(layout.tensors.map(({ name }) => name));
        const frozen = [instructions['frozen'] ?? []].flat().filter((name) => known.has(name));
        const own = Object.entries(privateTensors).filter(([name]) => known.has(name));
        return strategyOf(
          { ...context, instructions: { ...instructions, frozen }, privateTensors: Object.fromEntries(own) },
          layout,
        );
      },
    }),
    fails: [
      'a frozen tensor that the model does not have is refused by name',
      'private tensors that the model does not have, or of another length, are refused by name',
    ],
  },

  'knows no correction': {
    create: withParts({ strategyOf: ({ correction, ...context }, layout) => strategyOf(context, layout) }),
    fails: [
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
      'a correction of another length is refused',
    ],
  },

  'corrects the first step alone': {
    create: adding((gradient, weights, start, { correction, ...strategy }) => {
      const first = weights.every((w, i) => w === start[i]);
      addStrategy(gradient, weights, start, first && correction ? { ...strategy, correction } : strategy);
    }),
    fails: [
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
    ],
  },

  'subtracts the correction': {
    create: inContext(({ correction }) => (correction ? { correction: correction.map((c) => -c) } : {})),
    fails: [
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
    ],
  },

  'divides the correction by the size of the batch': {
    create: inContext(({ correction, plan }) => {
      const { batches } = plan.training;
      const size = batches.kind === 'poisson' ? batches.expectedSize : 1;
      return correction ? { correction: correction.map((c) => c / size) } : {};
    }),
    fails: ['the correction is neither clipped nor divided, and is added to an empty batch too'],
  },

  'takes a correction of any length': {
    create: inContext(({ correction, plan }) => {
      const fitting = new Float32Array(layoutOf(plan.model).size);
      correction?.subarray(0, fitting.length).forEach((c, i) => (fitting[i] = c));
      return correction ? { correction: fitting } : {};
    }),
    fails: ['a correction of another length is refused'],
  },

  'starts private tensors from the payload': {
    create: withParts({ startValues: (payload) => startValues(payload, { privateTensors: [] }) }),
    fails: ['private tensors start from the values of the site'],
  },

  'starts private tensors from zero where the site has none': {
    create: withParts({
      startValues: (payload, { privateTensors }) =>
        startValues(payload, {
          privateTensors: privateTensors.map(({ tensor, values }) => ({
            tensor,
            values: values ?? new Float32Array(tensor.size),
          })),
        }),
    }),
    fails: ['private tensors start from the values of the site'],
  },

  'sends private tensors': {
    create: withParts({
      splitTrained(values, payload, strategy) {
        const trained = values.slice();
        const { privateTensors } = splitTrained(values, payload, strategy);
        return { payload: { ...payload, values: trained }, ...(privateTensors && { privateTensors }) };
      },
    }),
    fails: ['private tensors come back by themselves, and in the payload as they came'],
  },

  'keeps private tensors for itself': {
    create: training(async (train, ...given) => {
      const { privateTensors, ...trained } = await train(...given);
      return trained;
    }),
    fails: [
      'private tensors start from the values of the site',
      'private tensors come back by themselves, and in the payload as they came',
    ],
  },

  'trains in the private tensors that it is given': {
    create: training(async (train, payload, data, context, signal) => {
      const trained = await train(payload, data, context, signal);
      for (const [name, values] of Object.entries(trained.privateTensors ?? {}))
        context.privateTensors?.[name]?.set(values);
      return trained;
    }),
    fails: ['private tensors start from the values of the site'],
  },

  'follows the instructions that it knows': {
    create: inContext(({ instructions: { proximalMu = 0, frozen = [] } }) => ({
      instructions: { proximalMu, frozen },
    })),
    fails: ['an instruction that it does not know is refused by name'],
  },
};
