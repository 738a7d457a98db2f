import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint, FedwardError, hasCode, type CheckpointStore } from '@fedward/core';
import { hasErrno, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import { ReportList } from './report-list.js';

/**
 * Checkpoints in a folder, one file a run, and beside it one with the run's reports. After a crash the first holds the
 * old checkpoint or the new one, whole.
 */
export function fileCheckpointStore(directory: string): CheckpointStore {
  const pathOf = (runId: string, extension = 'safetensors'): string =>
    join(directory, `${encodeURIComponent(runId)}.${extension}`);
  const lists = new Map<string, ReportList>();
  const listOf = (runId: string): ReportList => {
    let list = lists.get(runId);
    if (!list) lists.set(runId, (list = new ReportList(pathOf(runId, 'reports.jsonl'))));
    return list;
  };
  let last: Promise<void> = Promise.resolve();
  return {
    save(checkpoint) {
      const bytes = encodeCheckpoint(checkpoint);
      // One after the other: two writers would share the temporary file.
      last = last.catch(() => undefined).then(() => writeFileAtomic(pathOf(checkpoint.runId), bytes));
      return last;
    },
    async load(runId) {
      const path = pathOf(runId);
      let bytes: Uint8Array;
      try {
        bytes = await readFile(path);
      } catch (cause) {
        if (hasErrno(cause, 'ENOENT')) return undefined;
        throw storageFailure('read', path, cause);
      }
      try {
        return decodeCheckpoint(bytes);
      } catch (error) {
        if (hasCode(error, 'CHECKPOINT_INVALID'))
          throw new FedwardError('CHECKPOINT_INVALID', `${path}: ${error.message}`, path, { cause: error });
        throw error;
      }
    },
    appendReport: (runId, round, report) => listOf(runId).append(round, report),
    reports: (runId, count) => listOf(runId).read(count),
  };
}
