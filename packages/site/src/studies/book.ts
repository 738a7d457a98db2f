import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestJson, FedwardError, type Json } from '@fedward/core';
import { makeFolder, readJson, replaceFileQuickly, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import type { Study } from '@fedward/transport-nats';
import { newerAnswered, newRecord, parseRecord, recordJson, type StudyRecord } from './record.js';

const recordName = 'study.json';
const answeredName = 'answered.json';

/** The studies that a hospital was asked to take part in, in a folder: a folder a study. */
export class StudyBook {
  readonly #records = new Map<string, StudyRecord>();

  private constructor(private readonly folder: string) {}

  /** @throws {FedwardError} CONFIG_INVALID, FILE_INVALID for a record that can't be read; STORAGE_FAILED */
  static async open(folder: string): Promise<StudyBook> {
    await makeFolder(folder);
    const book = new StudyBook(folder);
    const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
      throw storageFailure('read', folder, cause);
    });
    for (const { name } of entries.filter((entry) => entry.isDirectory()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, name, recordName);
      // Killed while a study was written down for the first time, its folder may be empty: it is proposed again.
      const record = await readJson(path).catch((error: unknown) => {
        if ((error as { code?: unknown }).code === 'FILE_NOT_FOUND') return undefined;
        throw error;
      });
      if (!record) continue;
      const since = await readJson(join(folder, name, answeredName)).catch(() => undefined); // it is only shown
      book.#take(newerAnswered(parseRecord(record.json, path), since?.json));
    }
    return book;
  }

  get(id: string): StudyRecord | undefined {
    return this.#records.get(id);
  }

  /** In the order in which they came here, as far as it is known. */
  list(): readonly StudyRecord[] {
    return [...this.#records.values()];
  }

  /** Where a study keeps what is its own here. */
  folderOf(id: string): string {
    return join(this.folder, id);
  }

  /**
   * What is known of a study, which is written down where it is new.
   * @throws {FedwardError} CONFIG_INCOMPATIBLE where one of this id is another, or has it in another case: there are disks that
   *   don't tell them apart; STORAGE_FAILED
   */
  async propose(study: Study): Promise<StudyRecord> {
    const known = this.get(study.id);
    const other = known
      ? undefined
      : this.list().find(({ study: { id } }) => id.toLowerCase() === study.id.toLowerCase());
    if (other)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `there is a study ${other.study.id} here, from which ${study.id} differs by upper and lower case alone: take another id`,
        study.id,
      );
    if (!known) return this.put(newRecord(study, randomBytes(32).toString('hex')));
    if (digestOf(known.study) === digestOf(study)) return known;
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `study ${study.id} was proposed here before, and was another: a changed study needs an id of its own`,
      study.id,
    );
  }

  /** Writes a study down as it is now. @throws {FedwardError} STORAGE_FAILED */
  async put(record: StudyRecord): Promise<StudyRecord> {
    const path = join(this.folderOf(record.study.id), recordName);
    await writeFileAtomic(path, `${JSON.stringify(recordJson(record), null, 2)}\n`);
    return this.#take(record);
  }

  /**
   * Writes down how many rounds were answered, beside the record: it is shown, and nothing depends on it. It outlives this
   * process; the disk is not waited for.
   * @throws {FedwardError} STORAGE_FAILED
   */
  noteAnswered(id: string, answered: NonNullable<StudyRecord['answered']>): void {
    replaceFileQuickly(join(this.folderOf(id), answeredName), `${JSON.stringify(answered)}\n`);
    this.#take({ ...this.#records.get(id)!, answered });
  }

  /** @throws {FedwardError} STORAGE_FAILED */
  async change(
    id: string,
    changes: Partial<Omit<StudyRecord, 'study' | 'schemaVersion' | 'nonce'>>,
  ): Promise<StudyRecord> {
    return this.put({ ...this.#records.get(id)!, ...changes });
  }

  #take(record: StudyRecord): StudyRecord {
    this.#records.set(record.study.id, record);
    return record;
  }
}

function digestOf(study: Study): string {
  return digestJson(JSON.parse(JSON.stringify(study)) as Json);
}
