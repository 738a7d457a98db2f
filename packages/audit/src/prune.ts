import { FedwardError, parseWith } from '@fedward/core';
import { entriesPath, tileWidth } from '@fedward/kit-merkle';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { asidePath } from './aside.js';
import { decodeLeaf, type Leaf } from './entry.js';
import { ioFailure, pathsIn } from './files.js';
import type { FileAuditLog } from './log.js';
import { openFileLog, type AuditLogOptions } from './open.js';
import { leavesOf, snapshotOf } from './read.js';

/** How long documentation has to be kept: six years (45 CFR 164.316(b)(2)(i)). */
export const retentionYears = 6;

/** Of `pruneAuditLog`; the others are those of `openAuditLog`, by which the log is opened. */
export interface PruneOptions extends AuditLogOptions {
  /** Only entries of before this time are let go. ISO 8601, UTC. */
  readonly before: string;
}

/** What was let go. */
export interface Pruned {
  /** Entries from 0 up to this one are gone, since this call or an earlier one. */
  readonly entries: number;
}

const beforeSchema = z.object({ before: z.iso.datetime() });

/**
 * Lets go of old entries, in bundles of 256: of each none is left that is as young as `before`. Their hashes stay, so that
 * root and proofs of all others hold; an entry `log-pruned` says how many are gone, and comes before anything is removed.
 * Stopped at any point, it can be done again.
 *
 * What counts is the time that an entry has. The rule counts from when a document was last in effect: whoever needs older
 * entries for that, of an approval that still holds, must not let go of them.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for a time that is not six years past; as `openAuditLog`
 */
export async function pruneAuditLog(directory: string, { before, ...options }: PruneOptions): Promise<Pruned> {
  parseWith(beforeSchema, { before }, 'pruneAuditLog.options');
  const now = options.now?.() ?? new Date().toISOString();
  const limit = new Date(now);
  limit.setUTCFullYear(limit.getUTCFullYear() - retentionYears);
  if (Date.parse(before) > limit.getTime())
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `entries are kept for ${retentionYears} years (45 CFR 164.316(b)(2)(i)): nothing after ${limit.toISOString()} is let go`,
      'before',
    );
  const log = await openFileLog(directory, options);
  try {
    return await prune(log, resolve(directory), before, { now, runId: options.runId });
  } finally {
    await log.close();
  }
}

async function prune(
  log: FileAuditLog,
  directory: string,
  before: string,
  { now, runId }: { readonly now: string; readonly runId: string | undefined },
): Promise<Pruned> {
  const paths = pathsIn(directory);
  let gone = 0;
  let young: number | undefined;
  let last = 'unknown';
  const leaves: Leaf[] = [];
  for await (const { bytes, index } of leavesOf(paths, await snapshotOf(paths))) {
    const leaf = decodeLeaf(bytes);
    if (leaf.event.type === 'log-pruned') gone = Math.max(gone, Number(leaf.event.details['entries']));
    if (young === undefined && Date.parse(leaf.event.time) >= Date.parse(before)) young = index;
    if (leaf.aside) leaves.push(leaf);
    last = leaf.event.runId;
  }
  const oldest = young ?? log.size;
  const entries = Math.max(gone, oldest - (oldest % tileWidth));
  if (entries > gone)
    await log.add({ type: 'log-pruned', time: now, runId: runId ?? last, details: { before, entries } });

  const digestsOf = (some: readonly Leaf[]) => some.flatMap(({ aside }) => (aside ? [aside.sha256] : []));
  const kept = new Set(digestsOf(leaves.filter(({ index }) => index >= entries)));
  const details = digestsOf(leaves.filter(({ index }) => index < entries)).filter((digest) => !kept.has(digest));
  const bundles = Array.from({ length: entries / tileWidth }, (_, index) => entriesPath(index));
  for (const path of [...bundles, ...bundles.map((bundle) => `${bundle}.p`), ...details.map(asidePath)])
    await rm(join(directory, path), { recursive: true, force: true }).catch((error: unknown) => {
      throw ioFailure('write', join(directory, path), error);
    });
  return { entries };
}
