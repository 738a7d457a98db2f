import { layoutOf, type LocalTrainer, type TrainingWishes } from '@fedward/core';
import { placeWishes, splitTrained, startValues } from '@fedward/core/training';
import { batchGradient, withoutFrozen } from '../../reference/gradient.js';
import { createNetwork } from '../../reference/network.js';
import { addWishes, type TrainerParts } from '../../reference/trainer.js';
import type { Broken } from '../expect.js';
import { changedNoise, inContext, training, withParts } from './change.js';

/** The wishes with another correction, where there is one. */
const withCorrection = (wishes: TrainingWishes, change: (c: number) => number): TrainingWishes =>
  wishes.correction ? { ...wishes, correction: wishes.correction.map(change) } : wishes;

type AddWishes = TrainerParts['addWishes'];

const adding = (add: (...given: Parameters<AddWishes>) => void): (() => LocalTrainer) => withParts({ addWishes: add });

/** What a strategy asks. */
export const brokenWishes: Record<string, Broken<LocalTrainer>> = {
  'trains frozen tensors': {
    create: inContext(({ wishes: { frozen, ...others } }) => ({ wishes: others })),
    fails: [
      'it tells the wishes that every step carried out, tensors in the order of the layout',
      'it tells the clipping and the wishes of one training',
      'a frozen tensor does not move, and the others follow the gradient',
      'a frozen tensor counts for nothing in clipping',
      'a frozen tensor gets no noise, and the others the noise that they have without it',
      'a frozen tensor that the model does not have is refused by name',
    ],
  },

  'freezes after clipping': {
    create: withParts({
      batchGradient: (network, weights, data, batch, context, dropout, record) =>
        batchGradient(network, weights, data, batch, { ...context, wishes: {} }, dropout, record),
    }),
    fails: ['a frozen tensor counts for nothing in clipping'],
  },

  'pulls and corrects what is frozen': {
    create: adding((gradient, weights, start, wishes) => {
      addWishes(gradient, weights, start, { ...wishes, frozen: [] });
    }),
    fails: ['a frozen tensor does not move, and the others follow the gradient'],
  },

  'draws noise for what is trained alone': {
    create: inContext(({ plan, wishes, noise }) => {
      const freeze = withoutFrozen(createNetwork(plan.model), wishes);
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
      placeWishes({ frozen = [], privateTensors = {}, ...wishes }, layout) {
        const known = new Set(layout.tensors.map(({ name }) => name));
        const own = Object.entries(privateTensors).filter(([name, values]) => known.has(name) && values?.length !== 1);
        return placeWishes(
          { ...wishes, frozen: frozen.filter((name) => known.has(name)), privateTensors: Object.fromEntries(own) },
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
    create: withParts({ placeWishes: ({ correction, ...wishes }, layout) => placeWishes(wishes, layout) }),
    fails: [
      'it tells the wishes that every step carried out, tensors in the order of the layout',
      'it tells the clipping and the wishes of one training',
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
      'a correction of another length is refused',
    ],
  },

  'corrects the first step alone': {
    create: adding((gradient, weights, start, { correction, ...wishes }) => {
      const first = weights.every((w, i) => w === start[i]);
      addWishes(gradient, weights, start, first && correction ? { ...wishes, correction } : wishes);
    }),
    fails: [
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
    ],
  },

  'subtracts the correction': {
    create: inContext(({ wishes }) => ({ wishes: withCorrection(wishes, (c) => -c) })),
    fails: [
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
    ],
  },

  'divides the correction by the size of the batch': {
    create: inContext(({ wishes, plan }) => {
      const { batches } = plan.training;
      const size = batches.kind === 'poisson' ? batches.expectedSize : 1;
      return { wishes: withCorrection(wishes, (c) => c / size) };
    }),
    fails: ['the correction is neither clipped nor divided, and is added to an empty batch too'],
  },

  'takes a correction of any length': {
    create: inContext(({ wishes, plan }) => {
      const fitting = new Float32Array(layoutOf(plan.model).size);
      wishes.correction?.subarray(0, fitting.length).forEach((c, i) => (fitting[i] = c));
      return wishes.correction ? { wishes: { ...wishes, correction: fitting } } : {};
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
      splitTrained(values, payload, wishes) {
        const trained = values.slice();
        const { privateTensors } = splitTrained(values, payload, wishes);
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
        context.wishes.privateTensors?.[name]?.set(values);
      return trained;
    }),
    fails: ['private tensors start from the values of the site'],
  },

  'grants the wishes that it knows': {
    create: withParts({
      placeWishes({ proximalMu = 0, frozen = [], correction, privateTensors = {} }, layout) {
        return placeWishes({ proximalMu, frozen, ...(correction && { correction }), privateTensors }, layout);
      },
    }),
    fails: ['a wish that it does not know is refused by name'],
  },

  'pulls by whatever it is told': {
    create: withParts({
      placeWishes: ({ proximalMu = 0, ...wishes }, layout) => ({ ...placeWishes(wishes, layout), proximalMu }),
    }),
    fails: ['a proximal term that is no finite float32 from 0 on is refused by name'],
  },

  'does not say what wishes it has granted': {
    create: withParts({ appliedWishes: () => ({}) }),
    fails: [
      'it tells the wishes that every step carried out, tensors in the order of the layout',
      'it tells the clipping and the wishes of one training',
    ],
  },

  'names tensors as they were asked for': {
    create: training(async (train, payload, data, context, signal) => {
      const { applied, ...trained } = await train(payload, data, context, signal);
      const { frozen } = context.wishes;
      return { ...trained, applied: { ...applied, ...(frozen?.length && { frozen }) } };
    }),
    fails: [
      'it tells the wishes that every step carried out, tensors in the order of the layout',
      'it tells the clipping and the wishes of one training',
    ],
  },

  'says of wishes nothing where it clips': {
    create: training(async (train, ...given) => {
      const { applied = {}, ...trained } = await train(...given);
      const { gradientPrivacy } = applied;
      return { ...trained, applied: gradientPrivacy ? { gradientPrivacy } : applied };
    }),
    fails: [
      'it tells the clipping and the wishes of one training',
      'it tells the objective that every step was made by',
    ],
  },
};
