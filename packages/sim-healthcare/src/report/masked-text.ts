import type { MaskedRounds } from '../run/secure-aggregation.js';
import { counted } from './counted.js';

/** What secure aggregation did, for people: sentences, and a table of its stages. */
export function maskedText({ threshold, unmasked, stages, recovered }: MaskedRounds): {
  readonly sentences: readonly string[];
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const silent = recovered.map(({ round, hospitals }) => `round ${round}: ${hospitals.join(', ')}`);
  return {
    sentences: [
      `Secure aggregation: in ${counted(unmasked, 'round')} the server learned the sum over hospitals and no update of one ` +
        `of them; at least ${threshold} had to answer to the end. It bounds nothing that the sum itself tells.`,
      'SIMULATED: one process held all hospitals and the server, so that this shows the protocol and hides nothing from anybody.',
      silent.length === 0
        ? 'No hospital fell silent between sharing its keys and sending its update.'
        : `Hospitals that shared keys and then sent no update had their masks taken off with the shares of the others (${silent.join('; ')}).`,
    ],
    head: ['Stage', 'Bytes to hospitals, a round', 'Bytes from hospitals, a round'],
    rows: stages.map(({ stage, to, from }) => [
      stage,
      ...[to, from].map((bytes) => String(Math.round(bytes / unmasked))),
    ]),
  };
}
