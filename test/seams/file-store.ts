import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint, sha256, type ClientStateKey, type ClientStore } from '@fedward/core';

/** What strategies remember, on disk: a folder a run, client and strategy, a file a round. */
export function fileClientStore(folder: string): ClientStore {
  const folderOf = (key: ClientStateKey) =>
    join(folder, sha256(JSON.stringify([key.runId, key.clientId, key.strategy])));
  const fileOf = (key: ClientStateKey, round: number) => join(folderOf(key), `${round}.safetensors`);
  return {
    async load(key, round) {
      const bytes = await readFile(fileOf(key, round)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      return bytes && decodeCheckpoint(bytes).state;
    },
    async save(key, round, state) {
      await mkdir(folderOf(key), { recursive: true });
      const draft = await open(`${fileOf(key, round)}.draft`, 'w');
      await draft.writeFile(encodeCheckpoint({ runId: key.runId, planHash: '', nextRound: round + 1, state }));
      await draft.sync();
      await draft.close();
      await rename(`${fileOf(key, round)}.draft`, fileOf(key, round));
    },
    async forget(key, before, but) {
      const names = await readdir(folderOf(key)).catch(() => []);
      const rounds = names.map((name) => [name, Number.parseInt(name, 10)] as const);
      const old = rounds.flatMap(([name, round]) => (round < before && round !== but ? [name] : []));
      await Promise.all(old.map((name) => rm(join(folderOf(key), name), { force: true })));
    },
  };
}
