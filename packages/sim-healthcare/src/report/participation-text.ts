import type { RoundReport } from '@fedward/core';
import type { Absence, Participation, RoundPart } from '../run/participation.js';
import { counted } from './counted.js';

/** Names of which more are counted. */
const mostNamed = 5;

/** Such as `a, b and 7 more`. */
function named(ids: readonly string[]): string {
  const more = ids.length - mostNamed;
  return ids.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** In whole percent: a finer one, beside a number of records, would tell how many a small hospital has. */
export function shareText(share: number): string {
  const percent = Math.round(100 * share);
  if (percent === 0 && share > 0) return 'less than 1 %';
  if (percent === 100 && share < 1) return 'more than 99 %';
  return `${percent} %`;
}

const ofWeight = (share: number | null): string =>
  share === null ? 'weight not told yet' : `${shareText(share)} of the weight`;

/** Such as `without b, c (31 % of the weight)`; undefined for a round with the updates of all that it asked. */
export function lacksText({ participants, dropped, leftOut, waiting, lost }: RoundReport): string | undefined {
  const out = new Set(leftOut.map(({ id }) => id));
  const summed = new Set(participants.filter((id) => !out.has(id)));
  const absent = [
    ...dropped.map(({ id }) => ({ id, why: 'dropped' as const })),
    ...leftOut.map(({ id }) => ({ id, why: 'left out' as const })),
    ...waiting.filter((id) => !summed.has(id)).map((id) => ({ id, why: 'still at work' as const })),
  ];
  if (absent.length === 0) return undefined;
  return `without ${byReason(absent)}${lost ? ` (${ofWeight(lost.share)})` : ''}`;
}

/** Such as `a, b; c, left out; d, e, still at work`. */
function byReason(missing: RoundPart['missing']): string {
  const of = (reason: Absence): string[] => {
    const ids = missing.filter(({ why }) => why === reason).map(({ id }) => id);
    return ids.length === 0 ? [] : [named(ids) + (reason === 'dropped' ? '' : `, ${reason}`)];
  };
  return [...of('dropped'), ...of('left out'), ...of('still at work')].join('; ');
}

/** What rounds did without, by the only reason that there was; of `dropped` and of several the first. */
const absences: Readonly<Record<Absence, { readonly rounds: string; readonly weight: string }>> = {
  dropped: { rounds: 'went on without hospitals that were asked', weight: 'was lost' },
  'left out': { rounds: 'were made without updates that the aggregator left out', weight: 'was left out' },
  'still at work': {
    rounds: 'ended before all that were asked had answered',
    weight: 'was still at work, to come later or not at all,',
  },
};

/** Whether a run is complete: what it lacks is in the same sentence. */
export function completenessText({ participation }: { readonly participation?: Participation }): string | undefined {
  if (!participation) return undefined;
  if (participation.complete) return 'Complete: each round has the updates of all hospitals that it asked.';
  return `Not complete: ${lackingText(participation)}`;
}

/** What a run lacks, in sentences. @param participation of a run that is not complete */
export function lackingText({ rounds, hospitals, goneAtEnd, lastRound }: Participation): string {
  const { asked, without, skipped, meanShareLost, why } = rounds;
  const words = absences[why.length === 1 ? why[0]! : 'dropped'];
  const absent = hospitals.filter(({ missed }) => missed > 0).sort((a, b) => b.missed - a.missed);
  const each = named(absent.map(({ id, missed, rounds: taken }) => `${id} in ${missed} of its ${missed + taken}`));
  const mean =
    meanShareLost === null ? '' : `; ${shareText(meanShareLost)} of a round’s weight ${words.weight} on average`;
  const sentences = [
    ...(without > 0 ? [`${without} of ${counted(asked, 'round')} ${words.rounds}${each && ` (${each})`}${mean}.`] : []),
    ...(skipped > 0
      ? [`${skipped} of ${counted(asked, 'round')} moved nothing, since too few hospitals answered.`]
      : []),
  ];
  if (lastRound && lastRound.missing.length > 0 && !lastRound.skipped)
    sentences.push(`The last round was without ${byReason(lastRound.missing)} (${ofWeight(lastRound.shareLost)}).`); // prettier-ignore
  // Who was not listened to is not away.
  const heard = new Set(lastRound?.missing.filter(({ why: reason }) => reason === 'left out').map(({ id }) => id));
  const away = goneAtEnd.filter((id) => !heard.has(id));
  if (away.length > 0) sentences.push(goneText(away, hospitals));
  return sentences.join(' ');
}

/** Who was away at the end, and since when. */
function goneText(goneAtEnd: readonly string[], hospitals: Participation['hospitals']): string {
  const words = goneAtEnd.map((id) => {
    const part = hospitals.find((hospital) => hospital.id === id);
    if (!part) return id;
    return part.lastRound === null ? `${id}, which is in no round` : `${id}, last in round ${part.lastRound + 1}`;
  });
  return `Away when last asked: ${named(words)}.`;
}
