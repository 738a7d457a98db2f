import type { Adjacency, PrivacyUnit } from '@fedward/core';
import { truePositiveRateBound } from '@fedward/privacy-dp/accounting';
import type { SimulationResult } from '../run/result.js';
import { roundedUp } from './rounded-up.js';

/** How often the attacker of the example is allowed to be wrong about people who are not in the data. */
const falsePositiveRate = 0.01;

/**
 * What an epsilon means, for readers who are not of the field: each sentence is a consequence of the definition of
 * (epsilon, delta)-differential privacy and of the assumptions that are listed with it.
 */
export function plainWords(privacy: NonNullable<SimulationResult['privacy']>): string[] {
  const { epsilon, delta, unit, adjacency, protects } = privacy;
  // Which hospitals take part is public: protected is what they hold.
  const whose = unit === 'hospital' ? 'the data of one hospital' : `one ${unit}`;
  const atServer = protects === 'what leaves the server';
  const trusted = atServer
    ? [
        'The server, and whoever reads what hospitals send to it, sees the update of each hospital, clipped and without ' +
          'noise. Against them nothing is promised: the bound is for those who see only what leaves the server.',
      ]
    : [];
  if (epsilon === null)
    return [`No bound is known: whoever sees what was released may learn everything about ${whose}.`, ...trusted];
  const change = adjacency === 'replace-one' ? `${whose} replaced by any other` : `${whose} taken out or put in`;
  const bound = truePositiveRateBound({ epsilon, delta, falsePositiveRate });
  const many = Math.min(100, Math.ceil(bound * 1000) / 10);
  const { task, yes, no } = guessing(unit, adjacency);
  return [
    `Whatever anyone concludes from all that ${atServer ? 'the server' : 'a hospital'} released in this run: if that ` +
      `conclusion had the probability p, then with ${change} it has at most ${factorOf(epsilon)} p + ${delta}.`,
    bound < 1
      ? `An attacker who knows everything else and has to tell ${task}, and who is wrong about at most ` +
        `${falsePositiveRate * 100} % of ${no}, finds at most ${many} % of ${yes}.`
      : `That is no protection to speak of: an attacker who knows everything else and has to tell ${task} may find all ` +
        `of ${yes}, and be wrong about ${falsePositiveRate * 100} % of ${no}.`,
    ...trusted,
    ...(unit === 'hospital'
      ? ['Which hospitals took part, and in which rounds, is public; what they hold is not.']
      : []),
    `What research finds about people in general (that a marker goes with a disease) is not hidden, and applies also to ` +
      `those who took no part.`,
  ];
}

/** What the attacker of the definition has to tell, and the cases of which it is right or wrong. */
function guessing(unit: PrivacyUnit, adjacency: Adjacency): { task: string; yes: string; no: string } {
  if (adjacency === 'replace-one')
    return {
      task:
        unit === 'hospital' ? 'which of two sets of data a hospital holds' : `which of two ${unit}s was in the data`,
      yes: 'the cases in which it was the first',
      no: 'those in which it was the second',
    };
  return unit === 'hospital'
    ? {
        task: 'whether the data of one hospital went into the model',
        yes: 'the cases in which they did',
        no: 'those in which they did not',
      }
    : { task: `whether one ${unit} was in the data`, yes: 'those who were', no: 'those who were not' };
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
    ...Object.entries(batches).map(([key, value]): [string, string] => [`batches: ${key}`, String(value)]),
    ['rounds', String(rounds)],
  ];
}
