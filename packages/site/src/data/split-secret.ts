import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { createFileAtomic, readTextIfThere } from '@fedward/kit-files';

/**
 * The hospital's secret that says which of its patients are tested on: the same for all of its studies, so that nobody whom one
 * study tests on was trained on by it in another round.
 * @param folder the daemon's state
 * @throws {FedwardError} FILE_INVALID for a file that is none; STORAGE_FAILED
 */
export async function splitSecretIn(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'split.secret');
  await createFileAtomic(path, `${randomBytes(32).toString('hex')}\n`);
  const text = (await readTextIfThere(path))?.trim() ?? '';
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new FedwardError('FILE_INVALID', `${path} is no secret of 64 hexadecimal digits: bring it back`, path);
  return Buffer.from(text, 'hex');
}
