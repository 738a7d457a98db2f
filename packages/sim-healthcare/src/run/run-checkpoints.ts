import type { AuditLog } from '@fedward/audit';
import type { Checkpoint, CheckpointStore, State } from '@fedward/core';
import { fileCheckpointStore } from './checkpoint-file.js';
import type { LogPosition } from './history.js';

/** A run's checkpoints, each with the position of the log at which it was saved. */
export interface RunCheckpoints extends CheckpointStore {
  /** Of the checkpoint that was loaded last. */
  readonly position: LogPosition | undefined;
}

type Positioned = { readonly log: LogPosition; readonly run: State };

/** The newest checkpoint in a folder, as `runFederation` saved it, and the position of the log at that time. */
export async function loadCheckpoint(
  directory: string,
  runId: string,
): Promise<{ readonly checkpoint: Checkpoint; readonly position: LogPosition | undefined } | undefined> {
  const saved = await fileCheckpointStore(directory).load(runId);
  if (!saved) return undefined;
  const { log, run } = Object(saved.state) as Partial<Positioned>;
  return { checkpoint: { ...saved, state: run ?? null }, position: log };
}

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
      const loaded = await loadCheckpoint(directory, runId);
      if (loaded) position = loaded.position;
      return loaded?.checkpoint;
    },
    get position() {
      return position;
    },
  };
}
