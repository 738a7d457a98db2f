import {
  FedwardError,
  isTrainingPlan,
  type DpEvent,
  type ElementArray,
  type Plan,
  type Update,
  type PrivacyMechanism,
  type TrainingPlan,
} from '@fedward/core';
import { examplePlan } from '../../support/fixtures.js';

export const [clipNorm, noiseMultiplier] = [2.5, 1.7];

/** The plan that the mechanisms here are made for, and one that they must refuse. */
export const acceptedPlan: TrainingPlan = examplePlan({
  training: {
    trainer: 'compliance',
    batches: { kind: 'poisson', probability: 0.2, steps: 5, expectedSize: 10 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
});
export const rejectedPlan: TrainingPlan = examplePlan({ name: 'shuffled' });

export function clip(values: ElementArray): Float32Array {
  const norm = Math.hypot(...values);
  return Float32Array.from(values, (x) => (norm > clipNorm ? (x * clipNorm) / norm : x));
}

export const clipped = (update: Update): Update => ({
  ...update,
  payload: { layout: update.payload.layout, values: clip(update.payload.values) },
});

const samplingAsPlanned = (plan: Plan): void => {
  if (!isTrainingPlan(plan) || plan.training.batches.kind !== 'poisson')
    throw new FedwardError('CONFIG_INCOMPATIBLE', 'the event is for Poisson batches', 'training.batches.kind');
};

/** A correct central Gaussian mechanism, as small as it can be: updates are clipped, the server adds the noise. */
export function referenceCentral(): PrivacyMechanism {
  return {
    name: 'central',
    requires: ['bounded-sensitivity', 'individual-updates'],
    protects: 'what leaves the server',
    adjacency: 'add-or-remove-one',
    validate: samplingAsPlanned,
    onClient: clipped,
    onReceive: clipped,
    onRelease(aggregate, { noise }) {
      const payload = aggregate.payload.slice();
      noise.addGaussian(payload, noiseMultiplier * clipNorm);
      return { ...aggregate, payload };
    },
    event: () => ({ type: 'gaussian', noiseMultiplier }),
  };
}

/** A correct DP-SGD, as small as it can be: the trainer clips each example and adds the noise. */
export function referenceDpSgd(): PrivacyMechanism {
  return {
    name: 'dp-sgd',
    requires: [],
    adjacency: 'add-or-remove-one',
    validate: samplingAsPlanned,
    gradient: () => ({ clip: 'per-example', clipNorm, noiseMultiplier }),
    event: ({ plan }) => stepsOf(plan, noiseMultiplier),
  };
}

export function stepsOf(plan: Plan, multiplier: number, probability?: number): DpEvent {
  const { batches } = (plan as TrainingPlan).training;
  const event: DpEvent = { type: 'gaussian', noiseMultiplier: multiplier };
  return batches.kind === 'poisson'
    ? {
        type: 'repeated',
        count: batches.steps,
        event: { type: 'poisson-sampled', samplingProbability: probability ?? batches.probability, event },
      }
    : { type: 'repeated', count: batches.kind === 'shuffle' ? batches.epochs : batches.steps, event };
}

type Change = (reference: PrivacyMechanism) => Partial<PrivacyMechanism>;
export const central =
  (change: Change): (() => PrivacyMechanism) =>
  () => ({ ...referenceCentral(), ...change(referenceCentral()) });
export const dpSgd =
  (change: Change): (() => PrivacyMechanism) =>
  () => ({ ...referenceDpSgd(), ...change(referenceDpSgd()) });
