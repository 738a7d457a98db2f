import { FedwardError } from '@fedward/core';
import { readTextIfThere, writeFileAtomic } from '@fedward/kit-files';
import { createRequest, isKeyOf, readIdentityPem } from '@fedward/transport-nats';
import type { SiteFiles } from '../config/files.js';

/** A key of the hospital's own making, and the request to certify it, both PEM. */
export interface Pending {
  readonly request: string;
  readonly key: string;
}

/** What waits for its certificate; undefined where nothing does. @throws {FedwardError} FILE_INVALID */
export async function readPending({ pending: path }: SiteFiles): Promise<Pending | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const [request, key] = ['CERTIFICATE REQUEST', 'PRIVATE KEY'].map(
    (label) => new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text)?.[0],
  );
  if (request !== undefined && key !== undefined) return { request: `${request}\n`, key: `${key}\n` };
  throw new FedwardError('FILE_INVALID', `${path} does not hold a request and its key: remove it, and ask anew`, path);
}

/**
 * What waits already, or a new key: who asks again asks for the same, so that an answer that was lost on its way is no second
 * certificate. It is on the disk, and the private half of it stays there.
 */
export async function pendingOrNew(files: SiteFiles, id: string): Promise<Pending> {
  const waiting = await readPending(files);
  if (waiting && !(await isInUse(files, waiting))) return waiting;
  const made = await createRequest(id);
  await writeFileAtomic(files.pending, `${made.request.trim()}\n${made.key.trim()}\n`);
  return made;
}

/** Of a renewal that was broken off in its last step: that key has had its certificate. */
async function isInUse({ identity }: SiteFiles, { key }: Pending): Promise<boolean> {
  const text = await readTextIfThere(identity);
  return text !== undefined && isKeyOf(readIdentityPem(text, identity).certificate, key);
}
