import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, sha256, type AnswerKey, type AnswerStore } from '@fedward/core';
import { createFileAtomic, hasErrno, isDraft, storageFailure, syncFolder } from '@fedward/kit-files';

/**
 * Which rounds were answered, on disk: a file for each answer that was taken, so that a plan's rounds bound its releases also
 * over the deaths of the process. Killed between the taking and the answer, the round counts as answered: the safe direction.
 *
 * One process at a time: the daemon's lock is this store's too.
 * @returns a store whose methods throw STORAGE_FAILED where the disk refuses
 */
export function fileAnswerStore(folder: string): AnswerStore {
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: who counts what was taken must not be overtaken. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined); // its caller is told
    return done;
  };
  const fileOf = ({ clientId, planHash, release, runId, round }: AnswerKey): string =>
    join(folder, short([clientId, planHash, release]), `${short([runId, round])}.json`);

  return {
    take: (answer, limit) =>
      inTurn(async () => {
        const file = fileOf(answer);
        if ((await takenIn(dirname(file))) >= limit) return false;
        // What was taken, for who looks into the folder.
        return createFileAtomic(file, `${canonicalJson({ ...answer })}\n`);
      }),
    giveBack: (answer) =>
      inTurn(async () => {
        const file = fileOf(answer);
        await rm(file, { force: true });
        if ((await takenIn(dirname(file))) >= 0) await syncFolder(dirname(file));
      }),
  };
}

/** -1 where there is no such folder. */
async function takenIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw storageFailure('read', folder, error);
  });
  return names === undefined ? -1 : names.filter((name) => name.endsWith('.json') && !isDraft(name)).length;
}

function short(of: readonly unknown[]): string {
  return sha256(JSON.stringify(of)).slice(-32);
}
