import { canonicalJson, FedwardError, sha256, type AuditEvent, type JsonObject } from '@fedward/core';
import { mostEntryBytes } from '@fedward/kit-merkle';
import { isUtf8 } from 'node:buffer';
import * as z from 'zod';
import { eventSchema, reasonOf } from './event.js';

/** An entry of a log, as it is read. */
export interface AuditEntry {
  readonly event: AuditEvent;
  /** Position in the log, from 0 on. */
  readonly index: number;
  /** Of its leaf in the Merkle tree, 64 hexadecimal digits. */
  readonly hash: string;
  /** In logs of version 0.1 alone: `hash` of the entry before. */
  readonly previousHash?: string;
}

/** Details that are in a file of their own. */
export interface Aside {
  /** Length of the file. */
  readonly bytes: number;
  /** Of the file, and its name. */
  readonly sha256: string;
}

/** A leaf of the tree, as it is on disk: canonical JSON (RFC 8785) of these. */
export interface Leaf {
  readonly event: AuditEvent;
  readonly index: number;
  /** Where the entry would be too long for a bundle its details are elsewhere, and `{}` here. */
  readonly aside?: Aside;
}

/** An entry longer than this is refused, so that a reader of a damaged log need not hold more. */
export const maxEntryBytes = 16 * 1024 * 1024;

const leafSchema: z.ZodType<Leaf> = z.strictObject({
  event: eventSchema,
  index: z.int().min(0),
  aside: z
    .strictObject({ bytes: z.int().min(1).max(maxEntryBytes), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
    .exactOptional(),
});

/** The bytes of a leaf, and those of the file beside it, if it needs one. */
export interface EncodedEntry {
  readonly leaf: Buffer;
  readonly details?: Buffer;
}

/**
 * The bytes of an entry.
 * @throws {FedwardError} ARGUMENT_INVALID for an event that could not be read back
 */
export function encodeEntry(event: AuditEvent, index: number): EncodedEntry {
  try {
    const whole = Buffer.from(canonicalJson({ event, index }));
    if (whole.length > maxEntryBytes) throw new Error(`its entry of ${whole.length} bytes is too long`);
    parseLeaf(JSON.parse(whole.toString('utf8')));
    return whole.length <= mostEntryBytes ? { leaf: whole } : parted(event, index);
  } catch (error) {
    throw new FedwardError('ARGUMENT_INVALID', `not an audit event: ${reasonOf(error)}`, 'event', { cause: error });
  }
}

function parted(event: AuditEvent, index: number): EncodedEntry {
  const details = Buffer.from(canonicalJson(event.details));
  const aside: Aside = { bytes: details.length, sha256: sha256(details) };
  const leaf = Buffer.from(canonicalJson({ aside, event: { ...event, details: {} }, index }));
  if (leaf.length > mostEntryBytes) throw new Error('its names are too long, without its details');
  return { leaf, details };
}

/**
 * The bytes of an entry's leaf: what is hashed (RFC 6962, section 2.1), and what an inclusion proof is about.
 * @param entry of a log of any version, its details in place
 */
export function leafOf({ event, index, previousHash }: Omit<AuditEntry, 'hash'>): Buffer {
  if (previousHash !== undefined) return Buffer.from(canonicalJson({ event, index, previousHash }));
  return encodeEntry(event, index).leaf;
}

/** @throws {Error} with the reason, for bytes that `encodeEntry` can't have made */
export function decodeLeaf(bytes: Buffer): Leaf {
  if (!isUtf8(bytes)) throw new Error('not UTF-8');
  const text = bytes.toString('utf8');
  const value: unknown = JSON.parse(text);
  const leaf = parseLeaf(value);
  // Also what JSON forgives (white space, another order of keys, a key given twice) is a change of the log.
  if (!isCanonical(text, value)) throw new Error('not in canonical form (RFC 8785)');
  return leaf;
}

/** @throws {Error} with the reason, for bytes that are not those of details that were set aside */
export function decodeDetails(bytes: Buffer, { bytes: length, sha256: digest }: Aside): JsonObject {
  if (bytes.length !== length || sha256(bytes) !== digest) throw new Error('these are not the details of the entry');
  return JSON.parse(bytes.toString('utf8')) as JsonObject;
}

/** `canonicalJson(value) === text`, by what the engine does itself where it is so. */
function isCanonical(text: string, value: unknown): boolean {
  // JSON.stringify writes numbers and strings as RFC 8785 does, and keys in the order in which they came, but for those that
  // are numbers; a lone surrogate is not for it to refuse.
  if (isSorted(value) && JSON.stringify(value) === text && !text.includes('\\ud')) return true;
  return canonicalJson(value) === text;
}

function isSorted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isSorted);
  let last: string | undefined;
  for (const key in value) {
    if (last !== undefined && last >= key) return false;
    if (!isSorted((value as Record<string, unknown>)[key])) return false;
    last = key;
  }
  return true;
}

function parseLeaf(value: unknown): Leaf {
  const parsed = leafSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Error(`${path.join('.') || 'the entry'}: ${message}`);
}
