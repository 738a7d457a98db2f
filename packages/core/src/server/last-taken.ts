import type { RoundReport } from './federation.js';

/** What of a round's report says whose update was taken. */
export type TakenReport = Pick<RoundReport, 'round' | 'participants' | 'leftOut' | 'stale'>;

/**
 * The round of a client's update that was taken last: of which its state counts.
 * @returns null where none of its updates was taken
 */
export function lastTaken(rounds: readonly TakenReport[], clientId: string): number | null {
  const report = rounds.findLast(
    ({ participants, leftOut }) => participants.includes(clientId) && !leftOut.some(({ id }) => id === clientId),
  );
  return report ? (report.stale.find(({ id }) => id === clientId)?.baseRound ?? report.round) : null;
}
