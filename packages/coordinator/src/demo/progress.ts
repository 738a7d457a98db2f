import { parseWith, type Json } from '@fedward/core';
import { roundedUp } from '@fedward/sim-healthcare/report';
import * as z from 'zod';

/** Where a study stands, as `fedward study status` says. */
export interface StudyProgress {
  readonly state: string;
  /** In words. */
  readonly why: string;
  /** A line for each round that is done, in order. */
  readonly rounds: readonly string[];
  /** How often the next round was tried in vain. */
  readonly failures: number;
}

const roundEvent = z.looseObject({
  round: z.int(),
  participants: z.array(z.string()),
  epsilon: z.number().nullable().default(null),
});
const waitingEvent = z.looseObject({ why: z.string().default('') });
const status = z.looseObject({
  state: z.string(),
  why: z.string().default(''),
  events: z.array(z.looseObject({ kind: z.string(), details: z.unknown() })).default([]),
});

/** @param value what the command has printed @throws {FedwardError} CONFIG_INVALID */
export function progressOf(value: Json): StudyProgress {
  const { state, why, events } = parseWith(status, value, 'fedward study status');
  const rounds: string[] = [];
  let failures = 0;
  for (const { kind, details } of events) {
    if (kind === 'waiting' && parseWith(waitingEvent, details, 'an event').why.startsWith('to try again')) failures++;
    if (kind !== 'round') continue;
    failures = 0;
    const { round, participants, epsilon } = parseWith(roundEvent, details, 'a round of fedward study status');
    // A coordinator that died on the way may tell a round twice.
    rounds[round] =
      `${participants.join(', ')}${epsilon === null ? '' : `  epsilon of the plan ${roundedUp(epsilon)}`}`;
  }
  return { state, why, rounds, failures };
}
