import type { BatchesSpec, ClientContext } from '@fedward/core';

/**
 * The rows of each batch of one round, step after step.
 * `shuffle`: every epoch is a permutation from the client's own stream at ('epoch', number), cut into pieces.
 * `poisson`: one secret draw a record (or patient) and step; a batch may come out empty.
 *
 * @param count number of records
 * @param patients [count] of `patientsOf`, for Poisson batches of whole patients
 */
export function* drawBatches(
  batches: BatchesSpec,
  count: number,
  { random, noise }: Pick<ClientContext, 'random' | 'noise'>,
  patients?: Uint32Array,
): Generator<Uint32Array> {
  if (batches.kind === 'shuffle') {
    for (let epoch = 0; epoch < batches.epochs; epoch++) {
      const order = random.fork('epoch', epoch).permutation(count);
      for (let start = 0; start < count; start += batches.size) yield order.subarray(start, start + batches.size);
    }
    return;
  }
  const units = patients ? patients.reduce((largest, patient) => Math.max(largest, patient), 0) + 1 : count;
  for (let step = 0; step < batches.steps; step++) {
    const chosen = Array.from({ length: units }, () => noise.uniform() < batches.probability);
    const rows = new Uint32Array(count);
    let size = 0;
    for (let row = 0; row < count; row++) if (chosen[patients ? patients[row]! : row]) rows[size++] = row;
    yield rows.subarray(0, size);
  }
}
