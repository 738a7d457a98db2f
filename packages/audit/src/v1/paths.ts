import { join } from 'node:path';

/** The files of a log of version 0.1. */
export interface LogPaths {
  readonly directory: string;
  readonly log: string;
  readonly head: string;
}

export function pathsIn(directory: string): LogPaths {
  return { directory, log: join(directory, 'log.jsonl'), head: join(directory, 'head.json') };
}
