import { canonicalJson } from '@fedward/core';
import { hasErrno } from '@fedward/kit-files';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { reasonOf } from '../event.js';
import { ioFailure } from '../files.js';
import type { LogPaths } from './paths.js';

/** What `head.json` says of the log beside it: how far it goes, and the hash over all of it. */
export interface LineHead {
  readonly version: 1;
  /** Number of entries. */
  readonly size: number;
  /** Length of `log.jsonl`; what lies behind was never acknowledged. */
  readonly bytes: number;
  /** Merkle root over all lines (RFC 6962, section 2.1). */
  readonly root: string;
  /** `leafHash` of the last line, which no other line vouches for; `emptyRoot` without lines. */
  readonly lastHash: string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const headSchema: z.ZodType<LineHead> = z.strictObject({
  version: z.literal(1),
  size: z.int().min(0),
  bytes: z.int().min(0),
  root: hash,
  lastHash: hash,
});

export function encodeHead(head: LineHead): Buffer {
  return Buffer.from(`${canonicalJson(head)}\n`);
}

/** @throws {Error} with the reason, for bytes that `encodeHead` can't have written */
export function decodeHead(bytes: Buffer): LineHead {
  const parsed = headSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new Error(`${path.join('.') || 'the file'}: ${message}`);
  }
  if (!encodeHead(parsed.data).equals(bytes)) throw new Error('not in canonical form (RFC 8785)');
  return parsed.data;
}

/** How often a head is read before it is believed to be none, since its writer may be at it. */
const tries = 5;
const pauseMilliseconds = 2;

/**
 * @returns the head; 'missing'; or why it can't be read as one
 * @throws {FedwardError} AUDIT_FAILED where the file can't be read
 */
export async function readHead({ head }: LogPaths): Promise<LineHead | 'missing' | { readonly fault: string }> {
  for (let left = tries - 1; ; left--) {
    let bytes: Buffer;
    try {
      bytes = await readFile(head);
    } catch (error) {
      if (hasErrno(error, 'ENOENT', 'EISDIR')) return 'missing';
      throw ioFailure('read', head, error);
    }
    try {
      return decodeHead(bytes);
    } catch (error) {
      if (left === 0) return { fault: `not a head: ${reasonOf(error)}` };
      await pause(pauseMilliseconds);
    }
  }
}
