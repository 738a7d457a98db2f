import type { ClientContext } from '../interfaces/trainer.js';
import type { NoiseSource } from '../random/noise.js';
import type { BatchesSpec } from '../plan/plan.js';
import { stepsOf } from './steps.js';

/** Who is in one step, and where the step's privacy noise is to come from. */
export interface DrawnBatch {
  /** Row numbers of the records, increasing for Poisson batches. */
  readonly rows: Uint32Array;
  /** The draws of this step alone where the source has such (`NoiseSource.at`), else the client's source. */
  readonly noise: NoiseSource;
}

/**
 * The batches of one round, step after step.
 * `shuffle`, `steps`: every epoch is a permutation from the client's own stream at ('epoch', number), cut into pieces.
 * `poisson`: one secret draw a record (or patient, in the order of first records) and step, `uniform()` of the
 * step's source; a batch may come out empty.
 *
 * @param count number of records
 * @param patients [count] of `patientsOf`, for Poisson batches of whole patients
 */
export function* drawBatches(
  batches: BatchesSpec,
  count: number,
  { random, noise }: Pick<ClientContext, 'random' | 'noise'>,
  patients?: Uint32Array,
): Generator<DrawnBatch> {
  // Asked once a step: a source that repeats its draws would give the noise of a step the bits of its sampling.
  const sourceOf = (step: number): NoiseSource => noise.at?.(step) ?? noise;
  if (batches.kind !== 'poisson') {
    const steps = stepsOf(batches, count);
    for (let epoch = 0, step = 0; step < steps; epoch++) {
      const order = random.fork('epoch', epoch).permutation(count);
      for (let start = 0; start < count && step < steps; start += batches.size)
        yield { rows: order.subarray(start, start + batches.size), noise: sourceOf(step++) };
    }
    return;
  }
  const units = patients ? patients.reduce((largest, patient) => Math.max(largest, patient), 0) + 1 : count;
  for (let step = 0; step < batches.steps; step++) {
    const source = sourceOf(step);
    const chosen = Array.from({ length: units }, () => source.uniform() < batches.probability);
    const rows = new Uint32Array(count);
    let size = 0;
    for (let row = 0; row < count; row++) if (chosen[patients ? patients[row]! : row]) rows[size++] = row;
    yield { rows: rows.subarray(0, size), noise: source };
  }
}
