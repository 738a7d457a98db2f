import type { Adjacency, Random, TrainingData } from '@fedward/core';
import { populationOf } from '../scenario/population.js';
import type { Population } from '../scenario/scenario.js';

/** The canaries of one hospital: crafted records, each with a fair coin of its own. */
export interface HospitalCanaries {
  readonly hospitalId: string;
  /** One record a canary, with the label that it has where its coin is true. */
  readonly records: TrainingData;
  /** [count]: the label that it has under replace-one where its coin is false. */
  readonly otherLabels: Float32Array;
  /** [count] */
  readonly coins: readonly boolean[];
}

export interface CanaryOptions {
  /** Over all hospitals, which have as equal a share as can be. */
  readonly canaries: number;
  /** Length of a canary's features (L2). */
  readonly featureNorm: number;
  readonly random: Random;
}

/**
 * Canaries for a population: the direction of each is one feature alone, up or down, in turn, so that those of a
 * hospital disturb each other as little as they can, and its label is drawn at random.
 */
export function makeCanaries(population: Population, options: CanaryOptions): HospitalCanaries[] {
  const { canaries, random } = options;
  const hospitals = population.ids.length;
  return population.ids.map((hospitalId, index) => {
    const count = Math.floor((canaries + hospitals - 1 - index) / hospitals);
    return canariesOf(hospitalId, count, population, { ...options, random: random.fork(hospitalId) });
  });
}

function canariesOf(
  hospitalId: string,
  count: number,
  { inputShape, classes }: Population,
  { featureNorm, random }: CanaryOptions,
): HospitalCanaries {
  const size = inputShape.reduce((product, n) => product * n, 1);
  const features = new Float32Array(count * size);
  const labels = new Float32Array(count);
  const otherLabels = new Float32Array(count);
  for (let canary = 0; canary < count; canary++) {
    const sign = Math.floor(canary / size) % 2 === 0 ? 1 : -1;
    features[canary * size + (canary % size)] = sign * featureNorm;
    labels[canary] = random.integer(0, classes);
    otherLabels[canary] = (labels[canary]! + random.integer(1, classes)) % classes;
  }
  const coins = Array.from({ length: count }, () => random.bernoulli(0.5));
  return { hospitalId, records: { count, featureShape: inputShape, features, labels }, otherLabels, coins };
}

/**
 * The same hospitals with their canaries among the records, as the coins say: under add-or-remove-one a canary is
 * there or not, under replace-one it has the one label or the other.
 */
export function withCanaries(
  population: Population,
  canaries: readonly HospitalCanaries[],
  adjacency: Adjacency,
): Population {
  const hospitals = canaries.map(({ hospitalId, records, otherLabels, coins }) => {
    const { train, ...rest } = population.hospital(hospitalId);
    const size = records.features.length / Math.max(1, records.count);
    const chosen = coins.flatMap((coin, canary) => (coin || adjacency === 'replace-one' ? [canary] : []));
    const features = new Float32Array(train.features.length + chosen.length * size);
    const labels = new Float32Array(train.count + chosen.length);
    features.set(train.features);
    labels.set(train.labels);
    chosen.forEach((canary, place) => {
      const row = train.count + place;
      features.set(records.features.subarray(canary * size, (canary + 1) * size), row * size);
      labels[row] = (coins[canary] ? records.labels : otherLabels)[canary]!;
    });
    const { featureShape } = train;
    return { ...rest, train: { count: labels.length, featureShape, features, labels } };
  });
  const { test, inputShape, classes } = population;
  return populationOf(hospitals, { test, inputShape, classes });
}
