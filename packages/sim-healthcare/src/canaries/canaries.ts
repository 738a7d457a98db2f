import type { Adjacency, Random, TrainingData } from '@fedward/core';
import { scaled, type RawRecord } from '@fedward/kit-tables';
import type { Hospital, Intake, Joining, Population } from '../scenario/scenario.js';

/** The canaries of one hospital: crafted records, each with a fair coin of its own. */
export interface HospitalCanaries {
  readonly hospitalId: string;
  /** As they come in, one record a canary, with the label that it has where its coin is true. */
  readonly raw: readonly RawRecord[];
  /** As they are trained on. */
  readonly records: TrainingData;
  /** [count]: the label that it has under replace-one where its coin is false. */
  readonly otherLabels: Float32Array;
  /** [count] */
  readonly coins: readonly boolean[];
}

export interface CanaryOptions {
  /** Over all hospitals, which have as equal a share as can be. */
  readonly canaries: number;
  /** Length of a canary's features (L2) where it is trained on; less where they are cut, or are 0 or 1. */
  readonly featureNorm: number;
  readonly adjacency: Adjacency;
  readonly random: Random;
}

type OpenPopulation = Population & { readonly intake: Intake };

/**
 * Canaries for a population, as the raw records that they come in as: the direction of each is one feature alone, up or
 * down, in turn, so that those of a hospital disturb each other as little as they can, and its label the one that goes
 * least with that among the hospital's own records, where it is in or out: it surprises the model for as long as it is
 * trained. Of two versions either comes first, so that neither is the stronger for being the one.
 */
export function makeCanaries(population: OpenPopulation, options: CanaryOptions): HospitalCanaries[] {
  const { canaries, random } = options;
  const hospitals = population.ids.length;
  return population.ids.map((hospitalId, index) => {
    const count = Math.floor((canaries + hospitals - 1 - index) / hospitals);
    return canariesOf(population.hospital(hospitalId), count, population, {
      ...options,
      random: random.fork(hospitalId),
    });
  });
}

function canariesOf(
  { id: hospitalId, train }: Hospital,
  count: number,
  { inputShape, classes, intake }: OpenPopulation,
  { featureNorm, adjacency, random }: CanaryOptions,
): HospitalCanaries {
  const size = intake.scalings.length;
  const means = classMeans(train, classes);
  const labels = new Float32Array(count);
  const otherLabels = new Float32Array(count);
  const features = new Float32Array(count * size);
  const raw = Array.from({ length: count }, (_, canary): RawRecord => {
    const sign = Math.floor(canary / size) % 2 === 0 ? 1 : -1;
    const byClass = means.map((own) => sign * own[canary % size]!);
    const least = byClass.indexOf(byClass.reduce((a, b) => Math.min(a, b)));
    const most = byClass.lastIndexOf(byClass.reduce((a, b) => Math.max(a, b)));
    const swapped = adjacency === 'replace-one' && random.bernoulli(0.5);
    labels[canary] = swapped ? most : least;
    otherLabels[canary] = swapped ? least : most;
    const record = trainedOn(
      (raw) => [labels, otherLabels].every((of) => intake.isTrainedOn(hospitalId, { ...raw, label: of[canary]! })),
      (attempt) => ({
        features: rawFeatures(intake, canary % size, sign * featureNorm, attempt),
        label: labels[canary]!,
        patientId: `canary-${canary}-${attempt}`,
      }),
    );
    record.features.forEach((x, i) => {
      const scaling = intake.scalings[i];
      features[canary * size + i] = scaling ? scaled(x, scaling) : x;
    });
    return record;
  });
  const coins = Array.from({ length: count }, () => random.bernoulli(0.5));
  const records = { count, featureShape: inputShape, features, labels };
  return { hospitalId, raw, records, otherLabels, coins };
}

/** Where numbers are cut, a canary is this many times further out: what is computed from numbers before shows itself. */
const beyond = 1000;

/** All features in their middle but one. */
function rawFeatures({ scalings }: Intake, feature: number, value: number, attempt: number): Float64Array {
  return Float64Array.from(scalings, (scaling, i) => {
    if (!scaling) return i === feature ? value : 0;
    const { center, spread, limit } = scaling;
    // Other numbers, where only the record itself says on which side it is: so little that it changes nothing.
    const middle = center + spread * attempt * 1e-9;
    if (i !== feature) return middle;
    return center + spread * (Math.abs(value) < limit ? value : Math.sign(value) * limit * (beyond + attempt));
  });
}

/** The first attempt that would be trained on; after many the last, which is then tested on and tells nothing. */
function trainedOn(isTrainedOn: (record: RawRecord) => boolean, make: (attempt: number) => RawRecord): RawRecord {
  let record = make(0);
  for (let attempt = 1; attempt < 64 && !isTrainedOn(record); attempt++) record = make(attempt);
  return record;
}

/** [classes][features]: mean of each feature among the records of a class; 0 for a class without any. */
function classMeans({ count, features, labels }: TrainingData, classes: number): Float64Array[] {
  const size = features.length / count;
  const sums = Array.from({ length: classes }, () => new Float64Array(size));
  const counts = new Float64Array(classes);
  for (let row = 0; row < count; row++) {
    counts[labels[row]!]!++;
    const sum = sums[labels[row]!]!;
    for (let i = 0; i < size; i++) sum[i]! += features[row * size + i]!;
  }
  return sums.map((sum, c) => sum.map((x) => x / Math.max(1, counts[c]!)));
}

/**
 * The same hospitals with their canaries among the records, as the coins say: under add-or-remove-one a canary is
 * there or not, under replace-one it has the one label or the other. They come in as raw records, by the way on which all
 * others came.
 */
export async function withCanaries(
  { intake }: OpenPopulation,
  canaries: readonly HospitalCanaries[],
  adjacency: Adjacency,
): Promise<Population> {
  const joining: Joining = new Map(
    canaries.map(({ hospitalId, raw, otherLabels, coins }) => [
      hospitalId,
      raw.flatMap((record, canary) => {
        if (coins[canary]) return [record];
        return adjacency === 'replace-one' ? [{ ...record, label: otherLabels[canary]! }] : [];
      }),
    ]),
  );
  return intake.join(joining);
}
