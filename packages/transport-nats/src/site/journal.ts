import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FedwardError } from '@fedward/core';
import { parseWith } from '@fedward/core';
import { isDraft, makeFolder, readJson, removeDrafts, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import { headers, type MsgHdrs } from '@nats-io/nats-core';
import * as z from 'zod';
import type { BlobRef } from '../blobs/chunks.js';
import type { Signed } from '../envelope/envelope.js';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.object({
  version: z.literal(1),
  ask: digest,
  /** The lane that the question came in: an answer goes when another is asked there. */
  lane: z.string(),
  run: z.string(),
  subject: z.string(),
  data: z.base64(),
  headers: z.record(z.string(), z.string()),
  blob: z.object({ sha256: digest, size: z.int().min(0) }).nullable(),
});

/** An answer as it is published. */
export interface Entry {
  readonly ask: string;
  readonly lane: string;
  readonly run: string;
  readonly subject: string;
  readonly sealed: Signed;
  /** What is sent before it. */
  readonly blob: BlobRef | null;
}

const suffix = '.json';
/** A message of the hub in base64, and what is said beside it. */
const mostBytes = 2 * 2 ** 20;

/**
 * The answers that are on their way, in files: the courier publishes none that is not here, and an answer stays until the
 * coordinator asks for something newer, since the hub may lose all that it was given.
 */
export class Journal {
  readonly #entries = new Map<string, Entry>();

  private constructor(private readonly folder: string) {}

  /**
   * @param onDamaged told of a file that is none; the question is then answered again
   * @throws {FedwardError} STORAGE_FAILED
   */
  static async open(folder: string, onDamaged: (error: FedwardError) => void): Promise<Journal> {
    await makeFolder(folder);
    await removeDrafts(folder);
    const journal = new Journal(folder);
    const names = await readdir(folder).catch((cause: unknown) => {
      throw storageFailure('read', folder, cause);
    });
    for (const name of names.filter((name) => name.endsWith(suffix) && !isDraft(name)))
      try {
        const entry = await readEntry(join(folder, name));
        journal.#entries.set(entry.ask, entry);
      } catch (error) {
        onDamaged(error as FedwardError);
      }
    const blobs = new Set([...journal.#entries.keys()].map((ask) => `${ask}.blob`));
    const strays = names.filter((name) => name.endsWith('.blob') && !blobs.has(name));
    await Promise.all(strays.map((name) => rm(join(folder, name), { force: true })));
    return journal;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  find(ask: string): Entry | undefined {
    return this.#entries.get(ask);
  }

  /** The file of what is sent before the answer. */
  blobPath(ask: string): string {
    return join(this.folder, `${ask}.blob`);
  }

  /** It lasts once this resolves. @param blob the bytes of `entry.blob` @throws {FedwardError} STORAGE_FAILED */
  async keep(entry: Entry, blob?: Uint8Array): Promise<void> {
    const { ask, lane, run, subject, sealed } = entry;
    if (blob) await writeFileAtomic(this.blobPath(ask), blob);
    const data = Buffer.from(sealed.data).toString('base64');
    const file = { version: 1, ask, lane, run, subject, data, headers: recordOf(sealed.headers), blob: entry.blob };
    await writeFileAtomic(this.#path(ask), JSON.stringify(file));
    this.#entries.set(ask, entry);
  }

  /** Removes answers that nobody can ask for any more. */
  async drop(isOver: (entry: Entry) => boolean): Promise<void> {
    for (const entry of this.entries.filter(isOver)) {
      this.#entries.delete(entry.ask);
      await rm(this.#path(entry.ask), { force: true });
      if (entry.blob) await rm(this.blobPath(entry.ask), { force: true });
    }
  }

  #path(ask: string): string {
    return join(this.folder, `${ask}${suffix}`);
  }
}

async function readEntry(path: string): Promise<Entry> {
  const { json } = await readJson(path, { mostBytes });
  const { version: _, data, headers: record, ...entry } = parseWith(schema, json, path);
  return { ...entry, sealed: { data: Buffer.from(data, 'base64'), headers: headersOf(record) } };
}

function recordOf(sealed: MsgHdrs | undefined): Record<string, string> {
  return Object.fromEntries((sealed?.keys() ?? []).map((name) => [name, sealed!.get(name)]));
}

function headersOf(record: Readonly<Record<string, string>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(record)) made.set(name, value);
  return made;
}
