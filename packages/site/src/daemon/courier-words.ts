import type { CourierEvent } from '@fedward/transport-nats';

/** What the courier has met, in a line of the daemon's log. */
export function wordsOfEvent({ kind, question, run, round, code, words }: CourierEvent): string {
  const place = [question, run && `study ${run}`, round === undefined ? undefined : `round ${round}`];
  return [kind, ...place, code, kind === 'answered' ? undefined : words]
    .filter((part) => part !== undefined && part !== '')
    .join(', ');
}

/**
 * How loud it is said. Where a study stands is asked every few seconds: that it was answered is no news. An old message is refused without harm,
 * and comes whenever a coordinator begins a study's rounds or starts anew.
 */
export function levelOf({ kind, question, code }: CourierEvent): 'debug' | 'info' | 'warn' {
  if (kind !== 'answered') return code === 'TASK_STALE' ? 'info' : 'warn';
  return question === 'notice' || question === 'describe' ? 'debug' : 'info';
}
