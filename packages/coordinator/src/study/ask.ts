import type { Json } from '@fedward/core';
import { askControl, type AskOptions } from '@fedward/kit-daemon';
import { coordinatorFolder } from '../config/read.js';

/** What all commands of studies take. */
export interface StudyFlags {
  readonly folder?: string;
  readonly json?: boolean;
}

/** Asks the coordinator that runs. @throws {FedwardError} as `askControl` */
export async function ask<T>(
  flags: StudyFlags,
  question: string,
  body: Json,
  options: Omit<AskOptions, 'program'> = {},
): Promise<T> {
  return (await askControl(coordinatorFolder(flags.folder), question, body, {
    ...options,
    program: 'coordinator',
  })) as T;
}
