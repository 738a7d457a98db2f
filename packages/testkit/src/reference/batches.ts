import { FedwardError, type ClientContext, type NoiseSource, type TrainingData } from '@fedward/core';

/** Rows of one batch, one list a privacy unit: a record, or all the records of a patient. */
export type Batch = readonly (readonly number[])[];

/**
 * The batches of one round, drawn as they are asked for.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for patients in shuffled batches and for the clipped mean of Poisson
 *   batches, DATA_MALFORMED without patient ids
 */
export function* drawBatches(data: TrainingData, context: ClientContext): Generator<Batch> {
  const { plan, random, noise } = context;
  const { batches } = plan.training;
  if (context.gradientPrivacy?.clip === 'batch-mean' && batches.kind === 'poisson')
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      "clip batch-mean needs shuffled batches: its noise is over the batch's size, and a Poisson batch may be empty",
      'training.batches.kind',
    );
  const units = context.gradientPrivacy && plan.privacy?.unit === 'patient' ? byPatient(data) : undefined;
  if (batches.kind === 'poisson') {
    const all = units ?? Array.from({ length: data.count }, (_, row) => [row]);
    for (let step = 0; step < batches.steps; step++) {
      const source = noiseAt(noise, step);
      yield all.filter(() => source.uniform() < batches.probability);
    }
    return;
  }
  if (units)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      'privacy.unit patient needs Poisson batches: a shuffle spreads a patient over several batches',
      'privacy.unit',
    );
  const inEpoch = Math.ceil(data.count / batches.size);
  const steps = batches.kind === 'shuffle' ? batches.epochs * inEpoch : batches.steps;
  for (let epoch = 0; epoch * inEpoch < steps; epoch++) {
    const order = random.fork('epoch', epoch).permutation(data.count);
    const left = Math.min(inEpoch, steps - epoch * inEpoch) * batches.size;
    for (let from = 0; from < Math.min(data.count, left); from += batches.size)
      yield Array.from(order.subarray(from, from + batches.size), (row) => [row]);
  }
}

function byPatient({ count, patientIds }: TrainingData): number[][] {
  if (patientIds?.length !== count)
    throw new FedwardError('DATA_MALFORMED', 'privacy.unit patient needs one patient id a record', 'patientIds');
  const rows = new Map<string, number[]>();
  patientIds.forEach((id, row) => {
    const own = rows.get(id);
    if (own) own.push(row);
    else rows.set(id, [row]);
  });
  return [...rows.values()];
}

/** The draws of one step, where the source has such. */
export function noiseAt(noise: NoiseSource, step: number): NoiseSource {
  return noise.at?.(step) ?? noise;
}

/** The same source that is asked for each step once: its sampling and its noise go on from each other. */
export function onceAStep(noise: NoiseSource): NoiseSource {
  if (!noise.at) return noise;
  let last: { readonly step: number; readonly source: NoiseSource } | undefined;
  return {
    simulationOnly: noise.simulationOnly,
    uniform: () => noise.uniform(),
    addGaussian: (values, standardDeviation) => noise.addGaussian(values, standardDeviation),
    at(step) {
      if (last?.step !== step) last = { step, source: noiseAt(noise, step) };
      return last.source;
    },
  };
}
