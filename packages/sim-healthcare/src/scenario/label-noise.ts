import { FedwardError, Random } from '@fedward/core';
import { createMedicalDataset, type HospitalData } from '@fedward/data-medical';
import * as z from 'zod';

/** Labels that a simulation makes wrong. */
export const labelNoiseSchema = z.strictObject({
  /** Probability of each label of a noisy hospital's training part. */
  rate: z.number().gt(0).max(1),
  /** At so many hospitals; default: all. */
  hospitals: z.int().min(1).optional(),
});
export type SimulatedLabelNoise = z.output<typeof labelNoiseSchema>;

/** A hospital, and how many of its labels were made wrong; undefined where there is no noise at all. */
export type NoisyHospital = HospitalData & { readonly flippedLabels?: number };

/**
 * Symmetric label noise: at hospitals that are drawn from the seed, each label of the training part becomes one of the other
 * classes, all alike, with probability `rate`. Test parts keep their labels. A hospital's flips are drawn from a fork of
 * its own: they hang neither on the number of noisy hospitals nor, for a given hospital, on a lower rate's other flips.
 *
 * @returns the hospitals in their order, and what is to be told of them
 * @throws {FedwardError} CONFIG_INVALID where more are to be noisy than there are
 */
export function withLabelNoise(
  hospitals: readonly HospitalData[],
  noise: SimulatedLabelNoise | undefined,
  seed: number,
): { readonly hospitals: readonly NoisyHospital[]; readonly notices: readonly string[] } {
  if (!noise) return { hospitals, notices: [] };
  const { rate, hospitals: noisy = hospitals.length } = noise;
  if (noisy > hospitals.length)
    throw new FedwardError(
      'CONFIG_INVALID',
      `--noisy-hospitals: there are ${hospitals.length} hospitals, not ${noisy}`,
      '--noisy-hospitals',
    );
  const random = new Random(seed).fork('label-noise');
  const chosen = new Set(random.fork('hospitals').permutation(hospitals.length).slice(0, noisy));
  const made = hospitals.map((hospital, i): NoisyHospital => {
    return chosen.has(i) ? flipped(hospital, rate, random.fork('flips', i)) : { ...hospital, flippedLabels: 0 };
  });
  const told = made.flatMap(({ id, flippedLabels: wrong = 0, train }, i) =>
    chosen.has(i) ? [`${wrong} of ${train.count} of ${id}`] : [],
  );
  return { hospitals: made, notices: [`The simulation made labels of training parts wrong: ${told.join(', ')}.`] };
}

function flipped(hospital: HospitalData, rate: number, random: Random): NoisyHospital {
  const { name, features, labels, classes, schema } = hospital.train;
  let wrong = 0;
  const given = Float32Array.from(labels, (label) => {
    // Both are drawn for each label, so that one that stays as it is moves no other.
    const [flips, other] = [random.uniform() < rate, random.integer(1, classes!.length)];
    if (!flips) return label;
    wrong++;
    return (label + other) % classes!.length;
  });
  const train = createMedicalDataset({ name, features, labels: given, classes: classes!, schema: schema! });
  return { ...hospital, train, flippedLabels: wrong };
}
