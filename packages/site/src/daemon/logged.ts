import type { Log } from '@fedward/kit-daemon';
import { wordsOf } from '@fedward/core';
import type { SiteEvent } from '../door/index.js';

/** Says in the daemon's log what has happened at its door, for the hospital's own people. */
export function logged(log: Log, event: SiteEvent): void {
  switch (event.event) {
    case 'study-proposed':
      return log.info(`study ${event.study} is proposed: ${event.state}${event.why && `, ${event.why}`}`);
    case 'study-approved':
      return log.info(`study ${event.study} is approved by ${event.by.join(', ')}`);
    case 'study-revoked':
      return log.warn(`study ${event.study} is revoked by ${event.by}`);
    case 'study-ended':
      return log.info(`study ${event.study} has ended: ${event.how}${event.words && `, ${event.words}`}`);
    case 'trainer':
      return log.info(`the trainer ${event.name} runs on ${event.runsOn}`);
    case 'data-read':
      log.info(`read the data for study ${event.study}`);
      for (const notice of event.notices) log.info(notice);
      return;
    case 'refused':
      return log.warn(`refused ${placeOf(event)}: ${event.code}: ${event.why}`);
    case 'failed':
      return log.error(`failed at ${placeOf({ ...event, kind: 'answer' })}`, { error: event.error });
    case 'damaged':
      return log.error(`damaged: ${wordsOf(event.error)}`);
    case 'asked':
    case 'answered':
      return log.debug(`${event.event} ${placeOf(event)}`);
  }
}

function placeOf({
  study,
  round,
  kind,
}: {
  readonly study: string;
  readonly round?: number;
  readonly kind: string;
}): string {
  return `${kind} of study ${study}${round === undefined ? '' : `, round ${round}`}`;
}
