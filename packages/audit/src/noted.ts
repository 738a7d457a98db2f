import { canonicalJson } from '@fedward/core';
import { parseCheckpoint } from '@fedward/kit-merkle';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { reasonOf } from './event.js';
import { ioFailure, tampered } from './files.js';

/** Where another's log stood, as a witness has noted it. */
export interface NotedHead {
  /** A client's id, or `coordinator`. */
  readonly who: string;
  readonly size: number;
  /** 64 hexadecimal digits. */
  readonly root: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** As it was signed; with `cosignature` under it, a note that both vouch for. */
  readonly checkpoint: string;
  /** The line that the witness has put under it. */
  readonly cosignature: string;
}

const notedSchema: z.ZodType<NotedHead> = z.strictObject({
  who: z.string(),
  size: z.int().min(0),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.iso.datetime(),
  checkpoint: z.string(),
  cosignature: z.string(),
});

/** A line of a witness's file: canonical JSON (RFC 8785). */
export function encodeNoted(head: NotedHead): Buffer {
  return Buffer.from(`${canonicalJson(head)}\n`);
}

/**
 * What a witness has noted, oldest first, without opening it: `checkpoint + cosignature` of each is what `verifyAuditLog`
 * takes as one of `heads`.
 * @throws {FedwardError} AUDIT_TAMPERED for lines that are none; AUDIT_FAILED where the file can't be read
 */
export async function readWitness(path: string): Promise<readonly NotedHead[]> {
  return (await readNoted(path)).heads;
}

/** @returns also where the last whole line ends */
export async function readNoted(path: string): Promise<{ readonly heads: NotedHead[]; readonly end: number }> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw ioFailure('read', path, error);
  });
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  const heads = lines.map((line, n) => {
    try {
      const head = notedSchema.parse(JSON.parse(line));
      const { size, root } = parseCheckpoint(head.checkpoint);
      if (canonicalJson(head) !== line) throw new Error('not in canonical form (RFC 8785)');
      if (size !== head.size || root !== head.root) throw new Error('its checkpoint says something else');
      return head;
    } catch (error) {
      throw tampered(path, `line ${n + 1} is no head: ${reasonOf(error)}`);
    }
  });
  return { heads, end };
}
