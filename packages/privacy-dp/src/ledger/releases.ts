import { parseWith, type Charge, type DpEvent } from '@fedward/core';
import * as z from 'zod';
import { createLasting, greatestIndex, readIfThere, releasePath, type LedgerPaths } from './files.js';
import { damaged, sealed, unsealed } from './seal.js';

/** One release that was paid for: what, when, under which plan, and what all releases cost before and after it. */
export interface Release extends Pick<Charge, 'planHash' | 'runId' | 'round' | 'event'> {
  /** From 1, without gaps. */
  readonly index: number;
  /** The hash of the release before; of the first: of the ledger's terms. */
  readonly previousHash: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** At the ledger's delta, by its accountant as it was then. For people: the price is computed from the events. */
  readonly epsilonBefore: number;
  readonly epsilonAfter: number;
}

/** How far a chain of releases goes, and the hash that vouches for all of it. */
export interface Head {
  readonly count: number;
  readonly hash: string;
}

/** Only its shape: what an event costs, and whether it can be priced, is the accountant's to say. */
const eventSchema: z.ZodType<DpEvent> = z.lazy(() =>
  z
    .looseObject({
      type: z.string(),
      event: eventSchema.optional(),
      events: z.array(eventSchema).optional(),
    })
    .refine(({ type, event, count }) => type !== 'repeated' || (event && Number.isSafeInteger(count)), 'not repeated')
    .refine(({ type, events }) => type !== 'composed' || events, 'not composed'),
) as unknown as z.ZodType<DpEvent>;

const epsilon = z.number().min(0);
const releaseSchema = z.strictObject({
  index: z.int().min(1),
  previousHash: z.string(),
  time: z.string(),
  planHash: z.string(),
  runId: z.string(),
  round: z.int().min(0),
  event: eventSchema,
  epsilonBefore: epsilon,
  epsilonAfter: epsilon,
});

/**
 * Writes the release that comes after `head`, unless another process has written one there.
 * @returns the new head; undefined where another was first, and nothing was written
 * @throws {FedwardError} CONFIG_INVALID for a round that is no whole number and the like; STORAGE_FAILED
 */
export async function appendRelease(
  paths: LedgerPaths,
  head: Head,
  release: Omit<Release, 'index' | 'previousHash'>,
): Promise<Head | undefined> {
  const index = head.count + 1;
  // What could not be read again would bar the ledger to all that comes after.
  const checked = parseWith(releaseSchema, { ...release, index, previousHash: head.hash }, 'the charge');
  const { text, hash } = sealed(checked);
  const created = await createLasting(releasePath(paths, index), text);
  return created ? { count: index, hash } : undefined;
}

/**
 * The releases after `head`, each with the head that it makes, to the last one that is there.
 * @throws {FedwardError} LEDGER_DAMAGED naming the first file that is missing, changed or moved; STORAGE_FAILED
 */
export async function* releasesAfter(
  paths: LedgerPaths,
  head: Head,
): AsyncGenerator<{ readonly release: Release; readonly head: Head }> {
  // Looked up first: what others add while this reads is no gap.
  const expected = await greatestIndex(paths);
  for (let { count, hash } = head; ; count++) {
    const path = releasePath(paths, count + 1);
    const text = await readIfThere(path);
    if (text === undefined && count < expected) throw damaged(path, 'the file is missing, and there are later ones');
    if (text === undefined) return;
    const found = unsealed(text, path);
    const release = releaseIn(found.body, path);
    if (release.index !== count + 1) throw damaged(path, `it is release ${release.index}`);
    if (release.previousHash !== hash)
      throw damaged(
        path,
        `it does not follow ${count === 0 ? 'ledger.json' : `release ${count}`}, one of the two was written anew`,
      );
    hash = found.hash;
    yield { release, head: { count: count + 1, hash } };
  }
}

function releaseIn(body: object, path: string): Release {
  const parsed = releaseSchema.safeParse(body);
  if (!parsed.success) throw damaged(path, z.prettifyError(parsed.error));
  return parsed.data;
}
