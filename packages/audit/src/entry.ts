import { canonicalJson, FedwardError, type AuditEvent, type AuditEventType, type JsonObject } from '@fedward/core';
import * as z from 'zod';

/** One line of the log. `canonicalJson(entry)` is the line, byte for byte, and so the leaf of the Merkle tree. */
export interface AuditEntry {
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

const eventSchema = z.strictObject({
  // Names of types are only ever added: a log written by a newer fedward is not a forged one, so that the
  // spelling is checked here, not the list.
  type: z.string().regex(/^[a-z]+(-[a-z]+)*$/) as unknown as z.ZodType<AuditEventType>,
  time: z.iso.datetime(),
  runId: z.string(),
  round: z.int().min(0).exactOptional(),
  clientId: z.string().exactOptional(),
  // What JSON.parse gave is JSON; walking through it again would only cost time.
  details: z.custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  ),
});

const entrySchema: z.ZodType<AuditEntry> = z.strictObject({
  event: eventSchema,
  index: z.int().min(0),
  previousHash: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * The bytes of an entry's line, without the newline.
 * @throws {FedwardError} ARGUMENT_INVALID for an event that could not be read back
 */
export function encodeEntry(entry: AuditEntry): Buffer {
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
export function decodeEntry(line: Buffer): AuditEntry {
  const value: unknown = JSON.parse(line.toString('utf8'));
  const entry = parseEntry(value);
  // Also what JSON forgives (white space, another order of keys, a key given twice) is a change of the log.
  if (!Buffer.from(canonicalJson(value)).equals(line)) throw new Error('not in canonical form (RFC 8785)');
  return entry;
}

function parseEntry(value: unknown): AuditEntry {
  const parsed = entrySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Error(`${path.join('.') || 'the line'}: ${message}`);
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
