import type { SimulateOptions } from '@fedward/sim-healthcare';

/** What `fedward bench fedbuff` runs. */
export const settings = {
  scenario: 'tutorial',
  /** So many times slower than the others. */
  slow: { 'hospital-4': 20 },
  /** Of the global model on the pooled test part: the time to it is what is compared. */
  accuracy: 0.9,
  seeds: [42, 1, 2, 3, 4],
  /** How a round is ended; each runs for about as many updates of a hospital that is not slow. */
  ways: [
    { name: 'everyone is waited for', options: { rounds: 30 } },
    // Three times what the largest of the others can take: 48 steps, with 499 patients. Nobody knows it beforehand.
    { name: 'the slow one is dropped at 150 s', options: { rounds: 30, deadlineSeconds: 150 } },
    ...[1, 2, 3, 4].map((collect) => ({
      name: `FedBuff, K = ${collect}`,
      options: { rounds: Math.ceil(120 / collect), aggregator: 'fedbuff', collect },
    })),
  ],
} as const satisfies {
  readonly [key: string]: unknown;
  readonly ways: readonly { readonly name: string; readonly options: Partial<SimulateOptions> }[];
};
