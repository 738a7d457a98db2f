import { hasCode, isFedwardError, wordsOf } from '@fedward/core';

/** What becomes of a study after an error. */
export interface Verdict {
  /** `waiting`: it goes on by itself; `paused`: once a person has seen to it; `failed`: it is over. */
  readonly state: 'waiting' | 'paused' | 'failed';
  readonly why: string;
}

/** Nothing gets better by itself after these; whoever has seen to the cause says `resume`. */
const forPeople = [
  'AUDIT_TAMPERED',
  'SIGNATURE_INVALID',
  'CHECKPOINT_INVALID',
  'LEDGER_DAMAGED',
  'UPDATE_NOT_FINITE',
  'UPDATE_INVALID',
];

/** What an error alone does not tell. */
export interface Circumstances {
  /** The plan has no round left, so that nothing could be tried again. */
  readonly roundsAreOver: boolean;
  /** So many hospitals refuse what only people can change that no round has its quorum, in words. */
  readonly refused?: string;
}

/**
 * A transient error never ends a study: whatever is not known to need a person is tried again from the newest checkpoint.
 */
export function verdictOn(error: unknown, { roundsAreOver, refused }: Circumstances): Verdict {
  const code = isFedwardError(error) ? error.code : 'UNEXPECTED';
  const why = `${code}: ${wordsOf(error).slice(0, 1000)}`;
  if (hasCode(error, 'BUDGET_EXCEEDED')) return { state: 'failed', why };
  if (hasCode(error, 'QUORUM_NOT_MET') && roundsAreOver) return { state: 'failed', why };
  if (hasCode(error, 'QUORUM_NOT_MET') && refused !== undefined)
    return { state: 'paused', why: `${refused}; once that is seen to, resume it` };
  const people = isFedwardError(error) && (error.family === 'configuration' || forPeople.includes(error.code));
  return { state: people ? 'paused' : 'waiting', why };
}
