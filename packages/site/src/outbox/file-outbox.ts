import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  FedwardError,
  sha256,
  wordsOf,
  type KeptAnswer,
  type Outbox,
  type OutboxKey,
  type State,
} from '@fedward/core';
import { lengthOf, readBytes, writeFileAtomic } from '@fedward/kit-files';

/** An outbox on disk, which can let an answer go. */
export interface FileOutbox extends Outbox {
  /** The round that a run's newest answer is of; undefined where there is none that can be used. */
  newest(of: Pick<OutboxKey, 'clientId' | 'runId'>): Promise<number | undefined>;
  /** Of a run that has ended. */
  forget(of: Pick<OutboxKey, 'clientId' | 'runId'>): Promise<void>;
}

/** What is kept of a run. */
interface Kept extends KeptAnswer {
  readonly clientId: string;
  readonly round: number;
  readonly task: string;
}

/**
 * A site's newest answer to each run, a file a run: what was charged, trained and logged outlives the process, and the power of
 * the machine. An update holds what patients' data made of a model, so that the file is its owner's alone.
 *
 * A damaged file is told and not used: the task is then answered anew, and charged anew where noise is secret.
 *
 * @param onDamage told of a file that can't be read back
 * @returns an outbox whose `keep` throws STORAGE_FAILED where the disk refuses
 */
export function fileOutbox(folder: string, onDamage: (error: FedwardError) => void): FileOutbox {
  // Names of runs may be anything, and file systems take names for the same that differ in case alone.
  const fileOf = ({ clientId, runId }: Pick<OutboxKey, 'clientId' | 'runId'>): string =>
    join(folder, `${sha256(JSON.stringify([clientId, runId])).slice(-32)}.safetensors`);

  /** Which task each file's answer is of, as this process has written it: the daemon's lock is this store's too. */
  const written = new Map<string, string>();

  const read = async (of: Pick<OutboxKey, 'clientId' | 'runId'>): Promise<Kept | undefined> => {
    const path = fileOf(of);
    const length = await lengthOf(path);
    if (length === undefined) return undefined;
    try {
      const { runId, state } = decodeCheckpoint(await readBytes(path, { mostBytes: length }));
      const kept = state as unknown as Kept;
      if (runId !== of.runId || kept.clientId !== of.clientId) throw new Error('it is the answer to another run');
      return kept;
    } catch (cause) {
      const message = `${path}: ${wordsOf(cause)}; the answer is made anew where it is asked for again`;
      onDamage(new FedwardError('CHECKPOINT_INVALID', message, path, { cause }));
      return undefined;
    }
  };

  return {
    async find(key) {
      const task = written.get(fileOf(key));
      if (task !== undefined && task !== key.task) return undefined; // as nearly always: the next round
      const kept = await read(key);
      if (kept?.task !== key.task) return undefined;
      const { update, index } = kept;
      return { update, ...(index !== undefined && { index }) };
    },
    async keep({ clientId, runId, round, task }, { update, index }) {
      const kept: Kept = { clientId, round, task, update, ...(index !== undefined && { index }) };
      const state = kept as unknown as State;
      const path = fileOf({ clientId, runId });
      written.delete(path); // what a disk that refuses has left is read
      await writeFileAtomic(path, encodeCheckpoint({ runId, planHash: '', nextRound: round + 1, state }));
      written.set(path, task);
    },
    newest: async (of) => (await read(of))?.round,
    forget(of) {
      written.delete(fileOf(of));
      return rm(fileOf(of), { force: true });
    },
  };
}
