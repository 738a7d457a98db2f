import { availableParallelism } from 'node:os';
import { placeLayers, type ModelSpec, type TrainerSpeed, type TrainingPlan } from '@fedward/core';

/** What one thread must have to do before a second one pays for its start. */
const worthAThread = 0.25;

/** Of a trainer that does not say how fast it is. */
const otherwise: TrainerSpeed = { secondsAStep: 500e-6, multiplyAddsASecond: 1e9 };

export interface Workload {
  readonly plan: TrainingPlan;
  /** The trainer's, as its plugin says. */
  readonly speed?: TrainerSpeed | undefined;
  /** Records of a hospital, on average. */
  readonly records: number;
  /** Hospitals asked in a round. */
  readonly asked: number;
  /** Hospitals that are trained alone as well. */
  readonly alone: number;
}

/**
 * The number of threads that a simulation uses unless it is told: one for each quarter of a second of training that
 * is to be expected, but no more than the machine has cores or a round has hospitals; 1 (this thread alone) where that
 * gives fewer than two. Expected is, over all rounds and hospitals, the number of steps times (the step's own cost +
 * 3 x the model's multiply-adds x batch size / the trainer's speed): forward, and twice that backward.
 */
export function workersFor(workload: Workload, cores = availableParallelism()): number {
  return Math.max(1, Math.min(cores, workload.asked, Math.floor(expectedSeconds(workload) / worthAThread)));
}

/** What the training of a simulation would take in one thread, as far as its plan tells. */
export function expectedSeconds({ plan, speed = otherwise, records, asked, alone }: Workload): number {
  const { batches } = plan.training;
  const steps = batches.kind === 'shuffle' ? batches.epochs * Math.ceil(records / batches.size) : batches.steps;
  return plan.rounds * (asked + alone) * steps * secondsOfAStep(plan, speed, records);
}

/** What one step would take: forward, and twice that backward. @param records that there are, where a batch may have more */
export function secondsOfAStep(
  {
    model,
    training: { batches },
  }: Pick<TrainingPlan, 'model'> & { readonly training: Pick<TrainingPlan['training'], 'batches'> },
  { secondsAStep, multiplyAddsASecond }: TrainerSpeed,
  records = Infinity,
): number {
  const size = batches.kind === 'poisson' ? batches.expectedSize : Math.min(records, batches.size);
  return secondsAStep + (3 * multiplyAdds(model) * size) / multiplyAddsASecond;
}

/**
 * Multiply-adds of one example's forward pass: each kernel's weights, at each position that it is laid on. Of a graph each is
 * counted once, which is too few, and enough to tell whether a second thread pays.
 */
function multiplyAdds(model: ModelSpec): number {
  return placeLayers(model)
    .flatMap(({ tensors, outputShape }) => {
      const positions = outputShape.slice(0, -1).reduce((product, n) => product * n, 1);
      return tensors
        .filter(({ shape }) => shape.length > 1)
        .map(({ shape }) => positions * shape.reduce((product, n) => product * n, 1));
    })
    .reduce((sum, n) => sum + n, 0);
}
