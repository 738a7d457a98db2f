import { FedwardError } from '@fedward/core';
import { leafHash } from '@fedward/kit-merkle';
import type { AuditEntry } from '../entry.js';
import { reasonOf } from '../event.js';
import { lengthOf } from '../files.js';
import { decodeEntry } from './entry.js';
import { readHead } from './head.js';
import { readLines } from './lines.js';
import { pathsIn } from './paths.js';

/**
 * The entries of a log of version 0.1, in order, as a stream. Ends where the head ended when the reading began, so that a log
 * may be read while it is written to. Does not verify.
 *
 * @throws {FedwardError} FILE_NOT_FOUND without a log, AUDIT_TAMPERED for a line that is no audit entry or a
 *   log that does not reach as far as its head, AUDIT_FAILED where a file can't be read
 */
export async function* readLineLog(directory: string): AsyncGenerator<AuditEntry, void, undefined> {
  const paths = pathsIn(directory);
  const head = await readHead(paths);
  const length = await lengthOf(paths.log);
  if (length === undefined && head === 'missing')
    throw new FedwardError('FILE_NOT_FOUND', `there is no audit log in ${directory}`, directory);
  const tampered = (path: string, message: string): FedwardError =>
    new FedwardError('AUDIT_TAMPERED', `${path}: ${message}`, path);
  if (head === 'missing') throw tampered(paths.head, 'the file is missing');
  if ('fault' in head) throw tampered(paths.head, head.fault);
  if (length === undefined) throw tampered(paths.log, 'the file is missing');

  let count = 0;
  for await (const { bytes, whole } of readLines(paths.log, head.bytes)) {
    count += 1;
    if (!whole) throw tampered(paths.log, `line ${count} is cut off`);
    let entry;
    try {
      entry = decodeEntry(bytes);
    } catch (error) {
      throw tampered(paths.log, `line ${count} is not an audit entry: ${reasonOf(error)}`);
    }
    yield { ...entry, hash: leafHash(bytes) };
  }
  if (count !== head.size)
    throw tampered(paths.log, `it has ${count} of the ${head.size} entries that its head counts`);
}
