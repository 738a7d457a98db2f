import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { hasErrno, readTextIfThere, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import { assertMemberId } from '@fedward/transport-nats';
import type { CoordinatorConfig } from '../config/read.js';
import { parseMember, type Member } from './member.js';

/**
 * Members and those who were, by id.
 * @throws {FedwardError} STORAGE_FAILED; FILE_INVALID for a file that holds none, or that of another federation
 */
export async function readMembers({ federation, paths }: CoordinatorConfig): Promise<Member[]> {
  const members: Member[] = [];
  for (const file of await jsonFilesIn(paths.members)) {
    const path = join(paths.members, file);
    const member = parseMember((await readTextIfThere(path)) ?? '', path);
    if (member.federation !== federation || file !== `${member.id}.json`)
      throw new FedwardError('FILE_INVALID', `${path} is of ${member.id} in the federation ${member.federation}`, path);
    members.push(member);
  }
  return members;
}

/** On the disk when this resolves. */
export async function writeMember({ paths }: CoordinatorConfig, member: Member): Promise<void> {
  await writeFileAtomic(join(paths.members, `${member.id}.json`), `${JSON.stringify(member, null, 2)}\n`);
}

/**
 * An id is the name of files, too, and there are disks that don't tell `North` from `north`.
 * @throws {FedwardError} CONFIG_INVALID for what can't be an id, or differs from a known one by case alone
 */
export function assertFreeId(id: string, known: readonly string[]): void {
  assertMemberId(id);
  const other = known.find((each) => each !== id && each.toLowerCase() === id.toLowerCase());
  if (other === undefined) return;
  throw new FedwardError(
    'CONFIG_INVALID',
    `there is ${other}, from which ${id} differs by upper and lower case alone: take another id`,
    'id',
  );
}

/** Names of files of JSON in a folder, in order; none where there is no folder. */
export async function jsonFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT')) return [];
    throw storageFailure('read', folder, error);
  });
  return names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
}
