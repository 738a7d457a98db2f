import { FedwardError } from '@fedward/core';

/**
 * Where a study stands:
 * `proposed`: hospitals are asked for their approval; nobody has said `start`;
 * `waiting`: it was started and goes on by itself, once what it waits for is there;
 * `running`: rounds are under way;
 * `paused`: it goes on once a person says `resume`;
 * `done`, `stopped`, `failed`: it is over.
 */
export type StudyState = 'proposed' | 'waiting' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';

const next: Readonly<Record<StudyState, readonly StudyState[]>> = {
  proposed: ['waiting', 'stopped'],
  waiting: ['waiting', 'running', 'paused', 'stopped', 'failed'],
  running: ['waiting', 'paused', 'done', 'stopped', 'failed'],
  paused: ['waiting', 'stopped'],
  done: [],
  stopped: [],
  failed: [],
};

/** Whether nothing more happens in it. */
export function isOver(state: StudyState): boolean {
  return next[state].length === 0;
}

/** @throws {FedwardError} CONFIG_INVALID where a study that stands so can't come to stand otherwise */
export function assertLeadsTo(id: string, from: StudyState, to: StudyState): void {
  if (next[from].includes(to)) return;
  const can = isOver(from) ? 'it is over: propose a new study' : `from there it can be: ${next[from].join(', ')}`;
  throw new FedwardError('CONFIG_INVALID', `study ${id} is ${from}, it can't be ${to}: ${can}`, id);
}
