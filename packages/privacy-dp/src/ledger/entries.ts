import { parseWith, type Charge, type DpEvent } from '@fedward/core';
import * as z from 'zod';
import { amendmentShape, type Amendment, type AmendmentEntry } from './amendments.js';
import { createLasting, entryPath, greatestIndex, readIfThere, type LedgerPaths } from './files.js';
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

/** How far a chain of entries goes, and the hash that vouches for all of it. */
export interface Head {
  readonly count: number;
  readonly hash: string;
}

/** A file of the chain: a release, or what the ledger has learnt about itself. */
export type Entry = {
  /** What its file holds, all of it: the leaf of the tree that is signed. */
  readonly text: string;
  /** The head that it makes. */
  readonly head: Head;
} & (
  | { readonly release: Release; readonly amendment?: undefined }
  | { readonly amendment: Amendment; readonly release?: undefined }
);

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
const place = { index: z.int().min(1), previousHash: z.string() };
const releaseSchema = z.strictObject({
  ...place,
  time: z.string(),
  planHash: z.string(),
  runId: z.string(),
  round: z.int().min(0),
  event: eventSchema,
  epsilonBefore: epsilon,
  epsilonAfter: epsilon,
});
const amendmentSchema = z.strictObject({ ...place, ...amendmentShape });

/**
 * Writes the release that comes after `head`, unless another process has written an entry there.
 * @returns the entry; undefined where another was first, and nothing was written
 * @throws {FedwardError} CONFIG_INVALID for a round that is no whole number and the like; STORAGE_FAILED
 */
export async function appendRelease(
  paths: LedgerPaths,
  head: Head,
  release: Omit<Release, 'index' | 'previousHash'>,
): Promise<Entry | undefined> {
  // What could not be read again would bar the ledger to all that comes after.
  const checked = parseWith(releaseSchema, { ...release, ...placeAfter(head) }, 'the charge');
  return append(paths, checked, (written) => ({ ...written, release: checked }));
}

/** The same for an amendment. @throws {FedwardError} STORAGE_FAILED */
export async function appendAmendment(
  paths: LedgerPaths,
  head: Head,
  amendment: AmendmentEntry,
): Promise<Entry | undefined> {
  const checked = parseWith(amendmentSchema, { ...amendment, ...placeAfter(head) }, 'the amendment');
  return append(paths, checked, (written) => ({ ...written, amendment: checked.amends }));
}

function placeAfter({ count, hash }: Head): { readonly index: number; readonly previousHash: string } {
  return { index: count + 1, previousHash: hash };
}

async function append(
  paths: LedgerPaths,
  body: { readonly index: number },
  entryOf: (written: Pick<Entry, 'text' | 'head'>) => Entry,
): Promise<Entry | undefined> {
  const { text, hash } = sealed(body);
  const created = await createLasting(entryPath(paths, body.index), text);
  return created ? entryOf({ text, head: { count: body.index, hash } }) : undefined;
}

/**
 * The entries after `head`, to the last one that is there.
 * @throws {FedwardError} LEDGER_DAMAGED naming the first file that is missing, changed or moved; STORAGE_FAILED
 */
export async function* entriesAfter(paths: LedgerPaths, head: Head): AsyncGenerator<Entry> {
  // Looked up first: what others add while this reads is no gap.
  const expected = await greatestIndex(paths);
  for (let { count, hash } = head; ; count++) {
    const path = entryPath(paths, count + 1);
    const text = await readIfThere(path);
    if (text === undefined && count < expected)
      throw damaged(path, 'the file is missing, and there are later ones or its signature');
    if (text === undefined) return;
    const found = unsealed(text, path);
    const body = bodyIn(found.body, path);
    if (body.index !== count + 1) throw damaged(path, `it is entry ${body.index}`);
    if (body.previousHash !== hash)
      throw damaged(
        path,
        `it does not follow ${count === 0 ? 'ledger.json' : `entry ${count}`}, one of the two was written anew`,
      );
    hash = found.hash;
    const written = { text, head: { count: count + 1, hash } };
    yield 'amends' in body ? { ...written, amendment: body.amends } : { ...written, release: body };
  }
}

function bodyIn(body: object, path: string): Release | z.output<typeof amendmentSchema> {
  const parsed = ('amends' in body ? amendmentSchema : releaseSchema).safeParse(body);
  if (!parsed.success) throw damaged(path, z.prettifyError(parsed.error));
  return parsed.data;
}
