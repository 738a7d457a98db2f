/**
 * What a mechanism asks of the trainer at every step, as data, so that a trainer can fuse it.
 * With g_i the gradient of example i, C the clip norm and z the noise multiplier, the step's gradient is
 * - `per-example`: (sum_i g_i min(1, C/|g_i|) + N(0, (z C)^2 I)) / expectedSize, also for an empty batch
 *   (Abadi et al. 2016, algorithm 1); under `privacy.unit: patient` g_i is the sum over all records of patient i, who
 *   is in the batch with all of them or with none;
 * - `batch-mean`: clip(mean_i g_i, C) + N(0, (z C / size)^2 I), size being the batch's own.
 */
export interface GradientPrivacy {
  readonly clip: 'per-example' | 'batch-mean';
  /** L2 norm over all parameters together, > 0. */
  readonly clipNorm: number;
  /** Standard deviation of the noise on the sum, over the clip norm; >= 0. */
  readonly noiseMultiplier: number;
}
