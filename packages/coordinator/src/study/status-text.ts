import type { StudyStatus } from '../studies/studies.js';
import type { MemberStanding, StudyEvent } from '../studies/study-store.js';

/** Where a study stands, for people. */
export function statusLines({
  study,
  planHash,
  state,
  why,
  standings,
  present,
  atWork,
  events,
  roundsDone,
}: StudyStatus): string[] {
  const there = new Set(present);
  return [
    `${study.name} (study ${study.id}): ${state}${why && `: ${why}`}`,
    ...(state === 'proposed' ? [`  begins by: fedward study start ${study.id}`] : []),
    `plan ${planHash}`,
    ...(study.initial === null ? [] : [`starts from the weights ${study.initial}`]),
    `${roundsDone} of ${study.plan.rounds} rounds`,
    ...standings.map(
      ({ site, state: standing, why: words }) =>
        `  ${site}: ${standing}${words && ` (${words})`}, ${there.has(site) ? 'connected' : 'absent'}${workText(atWork, site)}`,
    ),
    ...events.slice(-10).map(eventText),
  ];
}

function workText(atWork: StudyStatus['atWork'], site: string): string {
  const work = atWork.find((one) => one.site === site);
  if (!work) return '';
  return work.round === null ? ', at work' : `, at work in round ${work.round}`;
}

/** What people read for the kind of an event, where its own name says less. */
const names: Readonly<Record<string, string>> = {
  proposed: 'proposed to hospitals',
  standing: 'hospital',
  'told-end': 'its end was told',
};

/** An event in a line. */
export function eventText({ time, kind, details }: StudyEvent): string {
  return `${time.slice(0, 19).replace('T', ' ')}  ${names[kind] ?? kind}  ${wordsOf(kind, details)}`.trimEnd();
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
  if (kind === 'told-end') return `to ${(details['reached'] as readonly string[]).join(', ') || 'nobody'}`;
  if (kind !== 'round') return typeof details['why'] === 'string' ? details['why'] : '';
  const { round, participants, dropped, trainLoss, epsilon } = details as unknown as RoundDetails;
  const missing = dropped.map(({ id, reason }) => `; without ${id}: ${reason}`).join('');
  const loss = trainLoss === null ? '' : `, loss ${trainLoss.toPrecision(4)}`;
  const price = epsilon === null ? '' : `, epsilon ${epsilon.toPrecision(4)}`;
  return `${round}: ${participants.length} hospitals${loss}${price}${missing}`;
}
