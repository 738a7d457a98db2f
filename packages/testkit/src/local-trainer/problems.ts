import {
  layoutOf,
  modelSpecSchema,
  Random,
  SeededNoise,
  type ClientContext,
  type LocalTrainer,
  type ModelSpec,
  type ModelSpecInput,
  type NoiseSource,
  type Parameters,
  type RoundObjective,
  type Trained,
  type TrainerCapability,
  type TrainingData,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';
import { assertPlanProvided } from '@fedward/core/training';
import { clip, exampleOf, withoutFrozen } from '../reference/gradient.js';
import { lossGradients } from '../reference/loss.js';
import { createNetwork } from '../reference/network.js';
import { NotProvided, refuses } from '../support/assertions.js';
import { clientContext, examplePlan, neverAborted, randomParameters } from '../support/fixtures.js';

export type Create = () => LocalTrainer;
/** Which plans a trainer runs; others it must refuse. */
export type Runs = (plan: TrainingPlan) => boolean;
type Training = TrainingPlanInput['training'];
export type Batches = Training['batches'];

/** Softmax regression of `inputs` features on `classes` classes. */
export const linear = (inputs: number, classes = 2, bias = true): ModelSpec =>
  spec({
    inputShape: [inputs],
    layers: [{ type: 'dense', units: classes, bias }],
    loss: 'softmax-cross-entropy',
  });

/** Two dense layers, for what must hold over several tensors. */
export const twoLayers = (inputs: number): ModelSpec =>
  spec({
    inputShape: [inputs],
    layers: [
      { type: 'dense', units: 4 },
      { type: 'activation', function: 'tanh' },
      { type: 'dense', units: 3 },
    ],
    loss: 'softmax-cross-entropy',
  });

/** Two dense layers, or one where the trainer runs no more. */
export const layersFor = (runs: Runs, inputs: number): ModelSpec =>
  [twoLayers(inputs), linear(inputs, 3)].find((model) => runs(planFor(model, fullBatch(1)))) ?? twoLayers(inputs);

export const spec = (input: ModelSpecInput): ModelSpec => modelSpecSchema.parse(input);

export const fullBatch = (count: number, steps = 1): Batches => ({
  kind: 'shuffle',
  size: count,
  epochs: steps,
});
export const poisson = (probability: number, expectedSize: number, steps = 1): Batches => ({
  kind: 'poisson',
  probability,
  steps,
  expectedSize,
});
export const sgd = (learningRate = 1): Training['optimizer'] => ({ name: 'sgd', learningRate });

export function planFor(
  model: ModelSpec,
  batches: Batches,
  optimizer: Training['optimizer'] = sgd(),
  overrides: Partial<TrainingPlanInput> = {},
): TrainingPlan {
  return examplePlan({ model, training: { trainer: 'compliance', batches, optimizer }, ...overrides });
}

/** Weights that are nowhere zero. */
export const startOf = (model: ModelSpec, scale = 0.5): Parameters =>
  randomParameters(new Random('start'), layoutOf(model), scale);

/** Adam where the trainer runs it on this model. */
export const optimizerFor = (runs: Runs, model: ModelSpec): Training['optimizer'] =>
  [{ name: 'adam', learningRate: 0.05 } as const, sgd(0.05)].find((optimizer) =>
    runs(planFor(model, fullBatch(1), optimizer)),
  ) ?? sgd(0.05);

export const zerosOf = (model: ModelSpec): Parameters => randomParameters(new Random('zeros'), layoutOf(model), 0);

/** Classes around points far from each other, features about 1 in size. */
export function blobs(count: number, features: number, classes = 2, seed = 'blobs'): TrainingData {
  const random = new Random(seed);
  const centres = Array.from({ length: classes * features }, () => 1.5 * random.normal());
  const labels = Float32Array.from({ length: count }, (_, row) => row % classes);
  const values = Float32Array.from(
    { length: count * features },
    (_, i) => centres[labels[Math.floor(i / features)]! * features + (i % features)]! + 0.3 * random.normal(),
  );
  return { count, featureShape: [features], features: values, labels };
}

/** Each example has one feature of its own, which is 1: the rows of the kernel that move tell who was in a batch. */
export function oneHot(count: number): TrainingData {
  const features = new Float32Array(count * count);
  for (let row = 0; row < count; row++) features[row * count + row] = 1;
  return { count, featureShape: [count], features, labels: Float32Array.from({ length: count }, (_, i) => i % 2) };
}

/**
 * Trains as a site does: the plan is validated, and every random draw is known by its seed. Clipping, a wish, or a part of the
 * plan's training that the trainer does not provide must be refused.
 * @throws {NotProvided} once it is
 */
export async function train(
  trainer: LocalTrainer,
  plan: TrainingPlan,
  payload: Parameters,
  data: TrainingData,
  overrides: Partial<ClientContext> = {},
  seed: string | number = 1,
): Promise<Trained> {
  const training = async () => {
    trainer.validate?.(plan);
    return trainer.train(payload, data, clientContext(plan, overrides, seed), neverAborted());
  };
  const missing =
    capabilitiesFor(overrides).find((wanted) => !trainer.provides?.includes(wanted)) ?? missingFor(trainer, plan);
  if (missing === undefined) return training();
  await refuses('CONFIG_INCOMPATIBLE', `${missing}, which it does not provide`, training);
  throw new NotProvided(missing);
}

/** Of what the plan itself asks: the key that the trainer does not say that it provides. */
function missingFor(trainer: LocalTrainer, plan: TrainingPlan): string | undefined {
  try {
    assertPlanProvided(trainer, plan);
    return undefined;
  } catch (error) {
    return (error as { subject?: string }).subject;
  }
}

function capabilitiesFor({ gradientPrivacy, wishes = {} }: Partial<ClientContext>): TrainerCapability[] {
  const { proximalMu = 0, frozen = [], correction, privateTensors = {} } = wishes;
  return [
    ...(gradientPrivacy ? [`${gradientPrivacy.clip}-clipping`] : []),
    ...(proximalMu !== 0 ? ['proximal-term'] : []),
    ...(frozen.length > 0 ? ['frozen-tensors'] : []),
    ...(correction ? ['correction'] : []),
    ...(Object.keys(privateTensors).length > 0 ? ['private-tensors'] : []),
  ];
}

/** How far training has moved each weight. */
export function movement({ payload }: Trained, start: Parameters): Float64Array {
  return Float64Array.from(payload.values, (value, i) => value - start.values[i]!);
}

/** Uniform draws that are always this one, and seeded Gaussian noise. */
export function constantUniform(uniform: number, seed = 'gaussian'): NoiseSource {
  const seeded = new SeededNoise(new Random(`constant uniform ${seed}`));
  return {
    simulationOnly: true,
    uniform: () => uniform,
    addGaussian: (values, standardDeviation) => seeded.addGaussian(values, standardDeviation),
  };
}

/** Everyone is in every Poisson batch, and no noise is added. */
export const everyone: NoiseSource = { simulationOnly: true, uniform: () => 0, addGaussian: () => undefined };

/**
 * Sum over examples of the gradient, each scaled down to the clip norm, in float64 by the reference network;
 * `loss` is the mean loss. What `frozen` names counts as 0.
 */
export function gradientSum(
  model: ModelSpec,
  weights: ArrayLike<number>,
  data: TrainingData,
  clipNorm = Number.POSITIVE_INFINITY,
  frozen: readonly string[] = [],
  objective?: RoundObjective,
): { sum: Float64Array; loss: number } {
  const network = createNetwork(model);
  const freeze = withoutFrozen(network, { frozen });
  const sum = new Float64Array(network.layout.size);
  const examples = Array.from({ length: data.count }, (_, row) => network.run(weights, exampleOf(data, row)));
  const outputs = examples.map((example) => example.outputs);
  const { losses, gradients } = lossGradients(model.loss, outputs, data.labels, objective);
  examples.forEach(({ backward }, row) => {
    const gradient = new Float64Array(sum.length);
    backward(gradients[row]!, gradient);
    freeze(gradient);
    clip(gradient, clipNorm);
    gradient.forEach((g, i) => (sum[i]! += g));
  });
  return { sum, loss: losses.reduce((total, loss) => total + loss, 0) / data.count };
}
