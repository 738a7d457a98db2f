import { canonicalJson } from '../base/json.js';
import type { Applied, ClientContext, Trained, TrainingData } from '../interfaces/trainer.js';
import type { Keystream } from '../random/keystream.js';
import { createPrivacyRecord } from './applied.js';
import { createAugmenter, type Augmenter } from './augment.js';
import { gatherBatch, type Batch } from './batch.js';
import { drawBatches } from './batches.js';
import { finishGradient } from './finish-gradient.js';
import { assertGradientPrivacy } from './gradient-privacy.js';
import { objectiveOf, type RoundObjective } from './objective.js';
import { createOptimizer } from './optimizer/optimizer.js';
import { assertNotAborted, createPacer } from './pace.js';
import { patientsOf } from './patients.js';
import { stepsOf } from './steps.js';
import { appliedWishes, type PlacedWishes } from './wishes.js';

/** A model and its loss as a function of flat weights. */
export interface Objective {
  /**
   * @param values the weights; not changed
   * @param step from 0 on; dropout draws from it
   * @param clipNorm L2 norm to which each example's gradient is clipped, or each patient's; absent for none
   * @returns the SUM of the examples' gradients, an array that the caller may change, each example's loss, and the clip
   *   norm of the code that has clipped, absent where none has
   */
  gradient(
    values: Float32Array,
    batch: Batch,
    step: number,
    clipNorm?: number,
  ): ObjectiveGradient | Promise<ObjectiveGradient>;
}

/** What an objective has computed on one batch. */
export interface ObjectiveGradient {
  readonly sum: Float32Array;
  readonly losses: Float64Array;
  readonly clippedTo?: number;
  /** By what the losses were made, where it is not the model's own loss. */
  readonly objective?: RoundObjective;
}

/** The wishes that steps grant; private tensors are the business of what is around them. */
export type StepWishes = Omit<PlacedWishes, 'privateTensors'>;

/** What one round of steps gave. */
export interface StepsResult extends Pick<Trained, 'steps' | 'metrics'> {
  readonly values: Float32Array;
  readonly applied: Omit<Applied, 'privateTensors'>;
}

/**
 * One round of local training: batches, gradients, their privacy, what the strategy wishes, the optimizer.
 *
 * @param initial the weights to start from; not changed
 * @param masks from which augmentation draws
 * @param wishes in the layout of `initial`
 * @throws {FedwardError} ABORTED, and CONFIG_INCOMPATIBLE for privacy that can't be met
 */
export async function runSteps(
  objective: Objective,
  initial: Float32Array,
  data: TrainingData,
  context: ClientContext,
  masks: Keystream,
  wishes: StepWishes,
  signal: AbortSignal,
): Promise<StepsResult> {
  const { gradientPrivacy: privacy, plan } = context;
  const { batches, optimizer: optimizerSpec, augmentation } = plan.training;
  assertGradientPrivacy(privacy, plan);
  stepsOf(batches, data.count);
  const patients = patientsOf(data, context);
  const clipNorm = privacy?.clip === 'per-example' ? privacy.clipNorm : undefined;

  const values = initial.slice();
  const optimizer = createOptimizer(optimizerSpec, values.length);
  const pace = createPacer();
  const record = createPrivacyRecord();
  let steps = 0;
  let lossSum = 0;
  let lossCount = 0;
  // What a step on nobody was made by there is nobody to tell.
  let shape = objectiveOf(plan.training.objective, context.round);
  let granted: StepWishes = { proximalMu: 0, frozen: [] };
  for (const { rows, noise } of drawBatches(batches, data.count, context, patients)) {
    await pace();
    assertNotAborted(signal);
    let gradient: Float32Array;
    if (rows.length > 0) {
      const batch = gatherBatch(data, rows, patients);
      if (augmentation) augment(batch, createAugmenter(augmentation, data.featureShape, masks, steps));
      const { sum, losses, clippedTo, objective: by } = await objective.gradient(values, batch, steps, clipNorm);
      gradient = sum;
      if (by !== shape && canonicalJson(by ?? null) !== canonicalJson(shape ?? null)) shape = undefined;
      if (clippedTo !== undefined) record.clipped('per-example', clippedTo);
      lossSum += losses.reduce((total, loss) => total + loss, 0) / losses.length;
      lossCount += 1;
    } else {
      // The sum over nobody. Under differential privacy its noise is still due: without it the step would say
      // that the batch was empty.
      gradient = new Float32Array(values.length);
      if (clipNorm !== undefined) record.clipped('per-example', clipNorm);
    }
    finishGradient(gradient, rows.length, batches, privacy, noise, record);
    record.endStep();
    granted = grantWishes(gradient, values, initial, wishes);
    optimizer.step(values, gradient);
    steps += 1;
  }
  const gradientPrivacy = record.applied();
  const applied = {
    ...appliedWishes({ ...granted, privateTensors: [] }),
    ...(gradientPrivacy && { gradientPrivacy }),
    ...(shape && { objective: shape }),
    ...(augmentation && { augmentation }),
  };
  const metrics = lossCount > 0 ? { loss: lossSum / lossCount } : {};
  return { values, steps, metrics, applied };
}

/** Examples stand in the order of their rows in the data set, in a shuffled batch in that of the permutation. */
function augment({ features, size }: Batch, change: Augmenter): void {
  const width = features.length / size;
  for (let place = 0; place < size; place++) change(features.subarray(place * width, (place + 1) * width), place);
}

/**
 * After clipping and noise: what is added depends on weights and on what the server knows, not on the batch.
 * @returns what was granted, the same in each step
 */
function grantWishes(
  gradient: Float32Array,
  values: Float32Array,
  initial: Float32Array,
  { proximalMu, correction, frozen }: StepWishes,
): StepWishes {
  if (proximalMu > 0) for (let i = 0; i < values.length; i++) gradient[i]! += proximalMu * (values[i]! - initial[i]!);
  if (correction) for (let i = 0; i < values.length; i++) gradient[i]! += correction[i]!;
  // A gradient of 0 from the first step on moves nothing, under every optimizer.
  for (const { offset, size } of frozen) gradient.fill(0, offset, offset + size);
  return { proximalMu, frozen, ...(correction && { correction }) };
}
