import { truePositiveRateBound } from '@fedward/privacy-dp';
import type { SimulationResult } from '../run/result.js';
import { roundedUp } from './rounded-up.js';

/** How often the attacker of the example is allowed to be wrong about people who are not in the data. */
const falsePositiveRate = 0.01;

/**
 * What an epsilon means, for readers who are not of the field: each sentence is a consequence of the definition of
 * (epsilon, delta)-differential privacy and of the assumptions that are listed with it.
 */
export function plainWords(privacy: NonNullable<SimulationResult['privacy']>): string[] {
  const { epsilon, delta, unit, adjacency } = privacy;
  const whose = `one ${unit}`;
  if (epsilon === null)
    return [`No bound is known: whoever sees what was released may learn everything about ${whose}.`];
  const change = adjacency === 'replace-one' ? `${whose} replaced by any other` : `${whose} taken out or put in`;
  const bound = truePositiveRateBound({ epsilon, delta, falsePositiveRate });
  const many = Math.min(100, Math.ceil(bound * 1000) / 10);
  return [
    `Whatever anyone concludes from all that a hospital released in this run: if that conclusion had the probability p, ` +
      `then with ${change} it has at most ${factorOf(epsilon)} p + ${delta}.`,
    bound < 1
      ? `An attacker who knows everything else and has to tell whether ${whose} was in the data, and who is wrong about ` +
        `at most ${falsePositiveRate * 100} % of those who were not, finds at most ${many} % of those who were.`
      : `That is no protection to speak of: an attacker who knows everything else and has to tell whether ${whose} was ` +
        `in the data may find all who were, and be wrong about ${falsePositiveRate * 100} % of those who were not.`,
    `What research finds about people in general (that a marker goes with a disease) is not hidden, and applies also to ` +
      `those who took no part.`,
  ];
}

/** e^epsilon, rounded up. */
function factorOf(epsilon: number): string {
  return epsilon > Math.log(1e6) ? '(more than a million)' : roundedUp(Math.exp(epsilon));
}

/** The settings that the epsilon follows from, by name. */
export function noiseSettings({ settings }: NonNullable<SimulationResult['privacy']>): [string, string][] {
  const { mechanisms, batches, rounds } = settings;
  return [
    ...mechanisms.flatMap(({ name, options }) =>
      Object.entries(options).map(([key, value]): [string, string] => [`${name}: ${key}`, JSON.stringify(value)]),
    ),
    ['batches', JSON.stringify(batches)],
    ['rounds', String(rounds)],
  ];
}
