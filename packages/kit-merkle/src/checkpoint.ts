import { FedwardError } from '@fedward/core';
import { bytesOfBase64, signNote, type Signer } from '@fedward/kit-keys';
import { isHash } from './merkle.js';

/** What a checkpoint says of a log. Source: C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Of which log it is: not empty, without newlines; by custom the name of its key. */
  readonly origin: string;
  /** Number of entries. */
  readonly size: number;
  /** Merkle root over them, 64 hexadecimal digits. */
  readonly root: string;
}

/**
 * The text of a checkpoint: origin, size and root in base64, a line each. It is what is signed.
 * @throws {FedwardError} ARGUMENT_INVALID for what no checkpoint can say
 */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  // eslint-disable-next-line no-control-regex -- which these are is the point
  if (origin === '' || /[\u0000-\u001f]/.test(origin) || !Number.isSafeInteger(size) || size < 0 || !isHash(root))
    throw new FedwardError('ARGUMENT_INVALID', `not a checkpoint: ${JSON.stringify({ origin, size, root })}`);
  return `${origin}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\n`;
}

/**
 * What a checkpoint says. Lines of extensions are passed over.
 * @param text of the note, without signatures; of a whole note all from the empty line on is passed over too
 * @throws {FedwardError} MESSAGE_INVALID for what is none
 */
export function parseCheckpoint(text: string): Checkpoint {
  const end = text.indexOf('\n\n');
  const lines = (end < 0 ? text : text.slice(0, end + 1)).split('\n');
  const [origin = '', digits = '', encoded = ''] = lines;
  const root = bytesOfBase64(encoded);
  const size = Number(digits);
  const whole = lines.length >= 4 && lines.at(-1) === '' && !lines.slice(0, -1).includes('');
  if (!whole || !/^(0|[1-9]\d*)$/.test(digits) || !Number.isSafeInteger(size))
    throw new FedwardError(
      'MESSAGE_INVALID',
      'not a checkpoint: it is origin, size and root, a line each',
      'checkpoint',
    );
  if (root?.length !== 32)
    throw new FedwardError('MESSAGE_INVALID', 'not a checkpoint: its root is no SHA-256 in base64', 'checkpoint');
  return { origin, size, root: root.toString('hex') };
}

/** A checkpoint that its log vouches for: a signed note whose origin is the key's name. */
export function signCheckpoint(size: number, root: string, signer: Signer): string {
  return signNote(formatCheckpoint({ origin: signer.name, size, root }), signer);
}
