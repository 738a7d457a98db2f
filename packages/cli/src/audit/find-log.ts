import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { isStudyFolder } from './verify-study.js';

/** One of these is in a log's folder: of this version, or of 0.1. */
const logFiles = ['checkpoint', 'journal', 'log.jsonl', 'head.json'];

/** Where a log is. */
export interface FoundLog {
  readonly log: string;
  /** Folder of the run whose server's log it is. */
  readonly run?: string;
  /** Folder of the study across hospitals whose coordinator's log it is. */
  readonly study?: string;
}

/**
 * The log in a folder: the folder itself, which may be a log alone; its `audit`, which is that of a run, of a study, or of a
 * hospital's daemon; or that of the only run in it.
 */
export async function findLog(dir: string): Promise<FoundLog> {
  const holdsLog = (candidate: string): boolean => logFiles.some((name) => existsSync(join(candidate, name)));
  if (holdsLog(dir)) return { log: dir };
  const log = join(dir, 'audit');
  if (holdsLog(log)) {
    if (existsSync(join(dir, 'site.yaml'))) return { log };
    return isStudyFolder(dir) ? { log, study: dir } : { log, run: dir };
  }
  const below = existsSync(dir) ? await readdir(dir).catch(() => []) : [];
  const runs = below.map((name) => join(dir, name)).filter((run) => holdsLog(join(run, 'audit')));
  if (runs.length === 1) return { log: join(runs[0]!, 'audit'), run: runs[0]! };
  throw new FedwardError(
    'FILE_NOT_FOUND',
    runs.length > 1 ? `${dir} holds ${runs.length} runs: name one of them` : `there is no audit log in ${dir}`,
    dir,
  );
}
