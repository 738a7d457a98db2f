import { largest, type RoundReport } from '@fedward/core';
import { counted } from './counted.js';

/** What a run by a simulated clock took, whose updates came late, and who was still at work at its end; in sentences. */
export function collectionText(rounds: readonly RoundReport[]): readonly string[] {
  const last = rounds.at(-1);
  const late = rounds.flatMap(({ round, stale }) =>
    stale.map(({ id, baseRound }) => ({ id, rounds: round - baseRound })),
  );
  return [
    ...(last?.simulatedSeconds === undefined
      ? []
      : [
          `${counted(rounds.length, 'round')} took ${written(last.simulatedSeconds)} simulated seconds, where a training step takes one second at a hospital that is not slow.`,
        ]),
    ...(late.length === 0 ? [] : [lateText(late)]),
    ...(last === undefined || last.waiting.length === 0
      ? []
      : [`Still at work when the run ended, so that this work is not in the model: ${last.waiting.join(', ')}.`]),
  ];
}

function lateText(late: readonly { readonly id: string; readonly rounds: number }[]): string {
  const ids = [...new Set(late.map(({ id }) => id))].sort();
  const oldest = largest(late.map(({ rounds }) => rounds));
  const by = `${counted(oldest, 'round')}${late.length > 1 ? ' at the most' : ''}`;
  return `${counted(late.length, 'update')} came late, by ${by}: of ${ids.join(', ')}.`;
}

/** A number of seconds as short as it can be told. */
export function written(seconds: number): string {
  return String(Number(seconds.toFixed(1)));
}
