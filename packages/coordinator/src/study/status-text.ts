import type { StudyStatus } from '../studies/studies.js';
import type { MemberStanding, StudyEvent } from '../studies/study-store.js';

/** Where a study stands, for people. */
export function statusLines({ study, planHash, state, why, standings, present, events }: StudyStatus): string[] {
  const rounds = events.filter(({ kind }) => kind === 'round');
  const there = new Set(present);
  return [
    `${study.name} (study ${study.id}): ${state}${why && `: ${why}`}`,
    `plan ${planHash}`,
    `${roundsDone(rounds)} of ${study.plan.rounds} rounds`,
    ...standings.map(
      ({ site, state: standing, why: words }) =>
        `  ${site}: ${standing}${words && ` (${words})`}, ${there.has(site) ? 'connected' : 'absent'}`,
    ),
    ...events.slice(-10).map(eventText),
  ];
}

/** An event in a line. */
export function eventText({ time, kind, details }: StudyEvent): string {
  return `${time.slice(0, 19).replace('T', ' ')}  ${kind}  ${wordsOf(kind, details)}`.trimEnd();
}

interface RoundDetails {
  readonly round: number;
  readonly participants: readonly string[];
  readonly dropped: readonly { readonly id: string; readonly code: string; readonly reason: string }[];
  readonly trainLoss: number | null;
  readonly epsilon: number | null;
}

function wordsOf(kind: string, details: StudyEvent['details']): string {
  if (kind === 'standing') {
    const { site, state, why } = details as unknown as MemberStanding;
    return why ? `${site}: ${state} (${why})` : `${site}: ${state}`;
  }
  if (kind !== 'round') return typeof details['why'] === 'string' ? details['why'] : '';
  const { round, participants, dropped, trainLoss, epsilon } = details as unknown as RoundDetails;
  const missing = dropped.map(({ id, reason }) => `; without ${id}: ${reason}`).join('');
  const loss = trainLoss === null ? '' : `, loss ${trainLoss.toPrecision(4)}`;
  const price = epsilon === null ? '' : `, epsilon ${epsilon.toPrecision(4)}`;
  return `${round}: ${participants.length} hospitals${loss}${price}${missing}`;
}

/** A round whose outcome was told twice, by a coordinator that was started again, is one. */
function roundsDone(events: readonly StudyEvent[]): number {
  return new Set(events.map(({ details }) => details['round'])).size;
}
