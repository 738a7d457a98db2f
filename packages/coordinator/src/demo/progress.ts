import type { Json } from '@fedward/core';
import { parseWith } from '@fedward/core';
import * as z from 'zod';

/** Where a study stands, as `fedward study status` says. */
export interface StudyProgress {
  readonly state: string;
  /** In words. */
  readonly why: string;
  /** Rounds that are done. */
  readonly rounds: number;
}

const status = z.looseObject({
  state: z.string(),
  why: z.string().default(''),
  /** The newest that is done. */
  round: z.int().nullable().default(null),
});

/** What the command has printed. @throws {FedwardError} CONFIG_INVALID */
export function progressOf(value: Json): StudyProgress {
  const { state, why, round } = parseWith(status, value, 'fedward study status');
  return { state, why, rounds: round === null ? 0 : round + 1 };
}
