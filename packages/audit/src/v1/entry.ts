import { canonicalJson, FedwardError, type AuditEvent } from '@fedward/core';
import * as z from 'zod';
import { eventSchema, reasonOf } from '../event.js';

/** One line of such a log. `canonicalJson(line)` is the line, byte for byte, and so the leaf of the Merkle tree. */
export interface LineEntry {
  readonly event: AuditEvent;
  /** Position in the log, from 0 on. */
  readonly index: number;
  /**
   * `leafHash` of the line before; `emptyRoot` for the first. The Merkle root alone shows that a log was
   * changed; that each line vouches for the one before it shows where, also when several were.
   */
  readonly previousHash: string;
}

/** An entry longer than this is refused, so that a reader of a damaged log need not hold more. */
export const maxLineBytes = 16 * 1024 * 1024;

const entrySchema: z.ZodType<LineEntry> = z.strictObject({
  event: eventSchema,
  index: z.int().min(0),
  previousHash: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * The bytes of an entry's line, without the newline.
 * @throws {FedwardError} ARGUMENT_INVALID for an event that could not be read back
 */
export function encodeEntry(entry: LineEntry): Buffer {
  try {
    const line = Buffer.from(canonicalJson(entry));
    if (line.length > maxLineBytes) throw new Error(`its line of ${line.length} bytes is too long`);
    parseEntry(JSON.parse(line.toString('utf8')));
    return line;
  } catch (error) {
    throw new FedwardError('ARGUMENT_INVALID', `not an audit event: ${reasonOf(error)}`, 'event', { cause: error });
  }
}

/**
 * @param line without the newline
 * @throws {Error} with the reason, for bytes that `encodeEntry` can't have written
 */
export function decodeEntry(line: Buffer): LineEntry {
  const value: unknown = JSON.parse(line.toString('utf8'));
  const entry = parseEntry(value);
  // Also what JSON forgives (white space, another order of keys, a key given twice) is a change of the log.
  if (!Buffer.from(canonicalJson(value)).equals(line)) throw new Error('not in canonical form (RFC 8785)');
  return entry;
}

function parseEntry(value: unknown): LineEntry {
  const parsed = entrySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Error(`${path.join('.') || 'the line'}: ${message}`);
}
