import type { ClientContext, LocalTrainer, NoiseSource } from '@fedward/core';
import { drawBatches } from '../../reference/batches.js';
import { batchGradient, type BatchGradient } from '../../reference/gradient.js';
import { referenceTrainer, trainerWith, type TrainerParts } from '../../reference/trainer.js';

type Create = () => LocalTrainer;
type Train = LocalTrainer['train'];
type Predict = LocalTrainer['predict'];

/** The reference with another `train`, which may call the reference's. */
export const training =
  (train: (reference: Train, ...given: Parameters<Train>) => ReturnType<Train>): Create =>
  () => {
    const reference = referenceTrainer();
    return { ...reference, train: (...given) => train(reference.train, ...given) };
  };

/** The reference with another `predict`, which may call the reference's. */
export const predicting =
  (predict: (reference: Predict, ...given: Parameters<Predict>) => ReturnType<Predict>): Create =>
  () => {
    const reference = referenceTrainer();
    return { ...reference, predict: (...given) => predict(reference.predict, ...given) };
  };

/** The reference in another context. */
export const inContext = (change: (context: ClientContext) => Partial<ClientContext>): Create =>
  training((train, payload, data, context, signal) => train(payload, data, { ...context, ...change(context) }, signal));

/** The reference with other noise. */
export const withNoise = (
  add: (values: Float32Array | Float64Array, deviation: number, context: ClientContext) => void,
): Create =>
  inContext((context) => ({
    noise: {
      simulationOnly: true,
      uniform: () => context.noise.uniform(),
      addGaussian: (values, deviation) => add(values, deviation, context),
    } satisfies NoiseSource,
  }));

export const withParts =
  (parts: Partial<TrainerParts>): Create =>
  () =>
    trainerWith(parts);

/** The reference whose step is changed once it is made. */
export const withGradient = (
  change: (made: BatchGradient, ...given: Parameters<typeof batchGradient>) => BatchGradient,
): Create => withParts({ batchGradient: (...given) => change(batchGradient(...given), ...given) });

/** The reference that draws its batches in another context. */
export const drawing = (change: (context: ClientContext) => Partial<ClientContext>): Create =>
  withParts({ drawBatches: (data, context) => drawBatches(data, { ...context, ...change(context) }) });
