import type { Parameters } from '@fedward/core';
import type { FlambyData, Parts } from './data.js';
import type { Figures } from './published.js';
import type { FlambyMethod, FlambySettings } from './settings.js';
import { federated, sharedTrainer } from './train.js';

/** What a model scores on each hospital's test part, scaled as that hospital's, and on the pooled one. */
export async function figuresOf(data: FlambyData, model: Parameters): Promise<Figures> {
  const trainer = await sharedTrainer();
  const scored = async ({ test }: Pick<Parts, 'test'>): Promise<number> =>
    data.score(await trainer.predict(data.model, model, test), test);
  const hospitals: number[] = [];
  for (const hospital of data.hospitals) hospitals.push(await scored(hospital));
  return { hospitals, pooled: await scored(data.pooled) };
}

/** A federated method in the published settings. Cyclic: so many turns as there are rounds of the others. */
export async function federatedMethod(
  data: FlambyData,
  { batch, rounds, steps }: FlambySettings,
  { aggregator, learningRate, cyclic }: FlambyMethod,
  seed: number,
): Promise<Figures> {
  const groups = data.hospitals.length;
  const model = await federated(data.hospitals, {
    ...{ seed, aggregator, model: data.model, rounds },
    training: { batches: { kind: 'steps', size: batch, steps }, optimizer: { name: 'sgd', learningRate } },
    ...(cyclic && { cohort: { select: 'cyclic' as const, groups, order: 'shuffled' as const } }),
  });
  return figuresOf(data, model);
}

/** Training on one part alone: all records as one, or those of one hospital. */
export async function aloneMethod(
  data: FlambyData,
  { batch, pooledTraining: { optimizer, epochs } }: FlambySettings,
  { train }: Pick<Parts, 'train'>,
  seed: number,
): Promise<Figures> {
  const model = await federated([{ id: 'alone', train }], {
    ...{ seed, aggregator: { name: 'fedavg' }, model: data.model, rounds: 1 },
    training: { batches: { kind: 'shuffle', size: batch, epochs }, optimizer },
  });
  return figuresOf(data, model);
}
