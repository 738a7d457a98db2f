import type { ClientContext, LocalTrainer, ModelSpec, NoiseSource } from '@fedward/core';
import { drawBatches } from '../../reference/batches.js';
import { batchGradient, type BatchGradient } from '../../reference/gradient.js';
import { createNetwork } from '../../reference/network.js';
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

/** A source with other draws, at every step. */
export const changedNoise = (
  noise: NoiseSource,
  change: (noise: NoiseSource) => Partial<Pick<NoiseSource, 'uniform' | 'addGaussian'>>,
): NoiseSource => ({
  simulationOnly: noise.simulationOnly,
  uniform: () => noise.uniform(),
  addGaussian: (values, deviation) => noise.addGaussian(values, deviation),
  ...(noise.at && { at: (step: number) => changedNoise(noise.at!(step), change) }),
  ...change(noise),
});

/** The reference with other noise. */
export const withNoise = (
  add: (values: Float32Array | Float64Array, deviation: number, context: ClientContext) => void,
): Create =>
  inContext((context) => ({
    noise: changedNoise(context.noise, (noise) => ({
      addGaussian: (values, deviation) => add(values, deviation, { ...context, noise }),
    })),
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

/** The reference whose gradients of one example are changed once they are made. */
export const withExampleGradient = (
  change: (gradient: Float64Array, model: ModelSpec) => Float64Array,
): (() => LocalTrainer) =>
  withParts({
    createNetwork(model) {
      const network = createNetwork(model);
      return {
        ...network,
        run(weights, example, dropout) {
          const { outputs, backward } = network.run(weights, example, dropout);
          return {
            outputs,
            backward(outputGradient, into) {
              const own = new Float64Array(into.length);
              backward(outputGradient, own);
              change(own, model).forEach((g, i) => (into[i]! += g));
            },
          };
        },
      };
    },
  });

/** The reference on another model spec, as JSON. */
export const withModel = (change: (json: string) => string): (() => LocalTrainer) =>
  withParts({ createNetwork: (model) => createNetwork(JSON.parse(change(JSON.stringify(model))) as ModelSpec) });
