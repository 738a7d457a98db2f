import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { FedwardError } from '@fedward/core';

/** A hospital's file, and what the hospital is called by it. */
export interface HospitalFile {
  readonly id: string;
  readonly file: string;
}

/** What a folder of CSV files holds. */
export interface CsvFolder {
  readonly schemaFile: string;
  /** In the order of their ids, at least one. */
  readonly hospitals: readonly HospitalFile[];
  /** What is in the folder and was not read, in sentences; empty where all was. */
  readonly notices: readonly string[];
}

const schemaName = 'schema.json';

/**
 * Finds the hospitals of a folder: each file whose name ends in `.csv`, in letters of any case. Whatever else is there
 * is named, since a hospital that is left out without a word is a result about other people.
 *
 * @throws {FedwardError} FILE_NOT_FOUND where there is no such folder; CONFIG_INVALID where it is a file, has no CSV file,
 *   or has two that would be one hospital; FILE_INVALID where it can't be listed
 */
export async function listCsvFolder(folder: string): Promise<CsvFolder> {
  const entries = await entriesOf(folder);
  const schemas = entries.filter(({ name, kind }) => kind === 'file' && name.toLowerCase() === schemaName);
  const schemaFile = schemas.find(({ name }) => name === schemaName) ?? schemas[0];
  const csvFiles = entries.filter(({ name, kind }) => kind === 'file' && isCsv(name));
  const others = entries.filter((entry) => entry !== schemaFile && !csvFiles.includes(entry));
  if (csvFiles.length === 0)
    throw new FedwardError(
      'CONFIG_INVALID',
      `there are no hospitals: ${folder} has no CSV file (one a hospital, NAME.csv)` +
        (others.length > 0 ? `; it has ${listOf(others)}` : ''),
      'hospitals',
    );
  const hospitals = csvFiles.map(({ name }) => ({ id: idOf(name), file: join(folder, name) }));
  assertNoTwins(csvFiles.map(({ name }) => name));
  return {
    schemaFile: join(folder, schemaFile?.name ?? schemaName),
    hospitals: hospitals.sort((a, b) => (a.id < b.id ? -1 : 1)),
    notices:
      others.length > 0 ? [`Not read in ${folder}: ${listOf(others)}. A hospital's file is called NAME.csv.`] : [],
  };
}

interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

async function entriesOf(folder: string): Promise<Entry[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT')
      throw new FedwardError('FILE_NOT_FOUND', `--data: there is no folder ${folder}`, '--data', { cause });
    if (cause.code === 'ENOTDIR')
      throw new FedwardError('CONFIG_INVALID', `--data: ${folder} is a file: name the folder that it is in`, '--data');
    throw new FedwardError('FILE_INVALID', `--data: ${folder} can't be listed: ${cause.code}`, '--data', { cause });
  });
  return Promise.all(
    names.sort().map(async (name): Promise<Entry> => {
      // A link that leads nowhere counts as a file, so that reading it fails by name.
      const found = await stat(join(folder, name)).catch(() => undefined);
      return { name, kind: found?.isDirectory() ? 'folder' : 'file' };
    }),
  );
}

/** Hidden files are none: `._north.csv` is what a Mac writes beside `north.csv`. */
function isCsv(name: string): boolean {
  return !name.startsWith('.') && extname(name).toLowerCase() === '.csv';
}

function idOf(name: string): string {
  return name.slice(0, -extname(name).length);
}

/** `North.csv` and `north.CSV` are one folder of ledgers on some machines, and one hospital to any reader. */
function assertNoTwins(names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const key = idOf(name).normalize('NFC').trim().toLowerCase();
    const earlier = seen.get(key);
    if (earlier !== undefined)
      throw new FedwardError(
        'CONFIG_INVALID',
        `${earlier} and ${name} would be one hospital: rename one, or move it out of the folder`,
        'hospitals',
      );
    seen.set(key, name);
  }
}

/** Such as `west.txt, the folder old, and hidden: .DS_Store`. */
/** As many are named: a folder of something else altogether may hold thousands. */
const mostNamed = 20;

function listOf(entries: readonly Entry[]): string {
  const words = ({ name, kind }: Entry) => (kind === 'folder' ? `the folder ${name}` : name);
  const hidden = entries.filter(({ name }) => name.startsWith('.')).map(words);
  const plain = entries.filter(({ name }) => !name.startsWith('.')).map(words);
  const more = plain.length - mostNamed;
  return [
    ...plain.slice(0, mostNamed),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(hidden.length > 0 ? [`hidden: ${hidden.join(', ')}`] : []),
  ].join(', ');
}
