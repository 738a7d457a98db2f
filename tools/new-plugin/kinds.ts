import type { PluginKind } from '@fedward/core';

/** What can be made here, in the order of `--help`. */
export interface Kind {
  /** What it is registered as: the site's half of a strategy comes with its aggregator. */
  readonly registered: readonly PluginKind[];
  /** What the template does, for `--help`. */
  readonly summary: string;
  /** Of package.json, beside those that all packages share. */
  readonly keywords: readonly string[];
}

/** Each has a template in `templates/`. */
export const kinds = {
  aggregator: {
    registered: ['aggregator'],
    summary: "how updates become one: the mean of the sites' changes with a server learning rate",
    keywords: ['aggregation', 'plugin'],
  },
  mechanism: {
    registered: ['mechanism'],
    summary: 'how what leaves is protected: clips an update at its site and adds Gaussian noise',
    keywords: ['differential-privacy', 'plugin'],
  },
  accountant: {
    registered: ['accountant'],
    summary: 'what privacy events cost: Gaussian releases by zero-concentrated privacy',
    keywords: ['differential-privacy', 'privacy-accounting', 'plugin'],
  },
  trainer: {
    registered: ['trainer'],
    summary: 'how a site trains: gradient descent on a linear model, with per-example clipping',
    keywords: ['training', 'plugin'],
  },
  query: {
    registered: ['query', 'aggregator'],
    summary: 'a question whose answers are summed: how many records of each class, and the aggregator that sums',
    keywords: ['federated-statistics', 'plugin'],
  },
  collector: {
    registered: ['collector'],
    summary: 'when a round has enough: after its first answers',
    keywords: ['asynchronous', 'plugin'],
  },
  compression: {
    registered: ['compression'],
    summary: 'how updates are made smaller on their way: values in steps of the largest',
    keywords: ['compression', 'plugin'],
  },
  strategy: {
    registered: ['aggregator'],
    summary:
      'an aggregator with a half at the sites: each keeps a model of its own, which is mixed in where it is scored',
    keywords: ['personalization', 'plugin'],
  },
} as const satisfies Record<string, Kind>;

/** What `--kind` takes. */
export type KindName = keyof typeof kinds;

/** True for a kind that has a template. */
export function isKind(name: string): name is KindName {
  return Object.hasOwn(kinds, name);
}
