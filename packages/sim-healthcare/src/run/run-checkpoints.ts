import type { AuditLog } from '@fedward/audit';
import type { CheckpointStore, State } from '@fedward/core';
import { fileCheckpointStore } from './checkpoint-file.js';
import type { LogPosition } from './history.js';

/** A run's checkpoints, each with the position of the log at which it was saved. */
export interface RunCheckpoints extends CheckpointStore {
  /** Of the checkpoint that was loaded last. */
  readonly position: LogPosition | undefined;
}

type Positioned = { readonly log: LogPosition; readonly run: State };

/** @param audit the run's log, of which the entries that are on disk are counted */
export function runCheckpoints(directory: string, audit: Pick<AuditLog, 'size' | 'root'>): RunCheckpoints {
  const files = fileCheckpointStore(directory);
  let position: LogPosition | undefined;
  return {
    ...files,
    save(checkpoint) {
      const state: Positioned = { log: { entries: audit.size, root: audit.root }, run: checkpoint.state };
      return files.save({ ...checkpoint, state: state as unknown as State });
    },
    async load(runId) {
      const checkpoint = await files.load(runId);
      if (!checkpoint) return undefined;
      const { log, run } = Object(checkpoint.state) as Partial<Positioned>;
      position = log;
      return { ...checkpoint, state: run ?? null };
    },
    get position() {
      return position;
    },
  };
}
