import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  FedwardError,
  sha256,
  wordsOf,
  type ClientStateKey,
  type ClientStore,
} from '@fedward/core';
import { hasErrno, lengthOf, readBytes, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import { hospitalName } from './hospital-name.js';

/**
 * What hospitals remember of a strategy or a compression, on disk: in `<directory>/<hospital>/state/` a folder a run and
 * strategy, and in it a file a round. A state that `save` has resolved for outlives its process and the machine's power.
 * It is a hospital's own: it is in no bundle, no result and no log.
 *
 * @returns a store whose methods throw STORAGE_FAILED where the disk refuses, and `load` CHECKPOINT_INVALID for a file that
 *   is damaged
 */
export function fileClientStore(directory: string): ClientStore {
  // The id is in the digest too: file systems take names for the same that differ in case alone.
  const folderOf = ({ runId, clientId, strategy }: ClientStateKey): string =>
    join(directory, hospitalName(clientId), 'state', sha256(JSON.stringify([runId, clientId, strategy])).slice(-32));
  const fileOf = (key: ClientStateKey, round: number): string => join(folderOf(key), `${round}.safetensors`);
  return {
    async load(key, round) {
      const path = fileOf(key, round);
      if ((await lengthOf(path)) === undefined) return undefined;
      const bytes = await readBytes(path);
      try {
        return decodeCheckpoint(bytes).state;
      } catch (cause) {
        throw new FedwardError('CHECKPOINT_INVALID', `${path}: ${wordsOf(cause)}`, path, { cause });
      }
    },
    async save(key, round, state) {
      const bytes = encodeCheckpoint({ runId: key.runId, planHash: '', nextRound: round + 1, state });
      await writeFileAtomic(fileOf(key, round), bytes);
    },
    async forget(key, before, but) {
      const folder = folderOf(key);
      const names = await readdir(folder).catch((error: unknown) => {
        if (hasErrno(error, 'ENOENT')) return [];
        throw storageFailure('read', folder, error);
      });
      for (const name of names) {
        const [, round] = /^(\d+)\.safetensors$/.exec(name) ?? [];
        if (round !== undefined && Number(round) < before && Number(round) !== but)
          await rm(join(folder, name), { force: true });
      }
    },
  };
}
