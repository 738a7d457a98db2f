import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { hospitalForms, type SourceSpec } from '@fedward/data-medical';

/** A hospital's file, and what the hospital is called by it. */
export interface HospitalFile {
  readonly id: string;
  readonly file: string;
}

/** What a folder of hospitals' data holds. */
export interface StudyFolder {
  /** In the order of their ids, at least one. */
  readonly hospitals: readonly HospitalFile[];
  /** What is in the folder and was not read, in sentences; empty where all was. */
  readonly notices: readonly string[];
}

const schemaName = 'schema.json';

/** The schema that lies in a folder of data, in letters of any case; where there is none, what it would be called. */
export async function schemaIn(folder: string): Promise<string> {
  const names = (await entriesOf(folder)).filter(isSchema).map(({ name }) => name);
  return join(folder, names.find((name) => name === schemaName) ?? names[0] ?? schemaName);
}

/**
 * Finds the hospitals of a folder: each file of a format that is known by its name's ending, in letters of any case; or,
 * for formats that are folders, each folder. Whatever else is there is named, since a hospital that is left out without a
 * word is a result about other people.
 *
 * @param source how the study's data are read
 * @throws {FedwardError} FILE_NOT_FOUND where there is no such folder; CONFIG_INVALID where it is a file, has no data,
 *   or has two that would be one hospital; FILE_INVALID where it can't be listed
 */
export async function listStudyFolder(folder: string, source: SourceSpec): Promise<StudyFolder> {
  const entries = await entriesOf(folder);
  const { endings, folders } = hospitalForms(source);
  const isData = ({ name, kind }: Entry): boolean =>
    !name.startsWith('.') && (kind === 'folder' ? folders : endings.includes(extname(name).toLowerCase()));
  const found = entries.filter((entry) => !isSchema(entry) && isData(entry));
  const others = entries.filter((entry) => !isSchema(entry) && !found.includes(entry));
  const called = folders ? 'has a folder of its own' : `is called NAME${endings.join(' or NAME')}`;
  if (found.length === 0)
    throw new FedwardError(
      'CONFIG_INVALID',
      `there are no hospitals: ${folder} has no data (${folders ? 'a folder' : `one file`} a hospital${folders ? '' : `, NAME${endings.join(' or NAME')}`})` +
        (others.length > 0 ? `; it has ${listOf(others)}` : ''),
      'hospitals',
    );
  const hospitals = found.map(({ name, kind }) => ({
    id: kind === 'folder' ? name : idOf(name),
    file: join(folder, name),
  }));
  assertNoTwins(
    found.map(({ name }) => name),
    hospitals.map(({ id }) => id),
  );
  return {
    hospitals: hospitals.sort((a, b) => (a.id < b.id ? -1 : 1)),
    notices:
      others.length > 0
        ? [`Not read as a hospital's data in ${folder}: ${listOf(others)}. A hospital's data ${called}.`]
        : [],
  };
}

function isSchema({ name, kind }: Entry): boolean {
  return kind === 'file' && name.toLowerCase() === schemaName;
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

function idOf(name: string): string {
  return name.slice(0, -extname(name).length);
}

/** `North.csv` and `north.CSV` are one folder of ledgers on some machines, and one hospital to any reader. */
function assertNoTwins(names: readonly string[], ids: readonly string[]): void {
  const seen = new Map<string, string>();
  names.forEach((name, i) => {
    const key = ids[i]!.normalize('NFC').trim().toLowerCase();
    const earlier = seen.get(key);
    if (earlier !== undefined)
      throw new FedwardError(
        'CONFIG_INVALID',
        `${earlier} and ${name} would be one hospital: rename one, or move it out of the folder`,
        'hospitals',
      );
    seen.set(key, name);
  });
}

/** As many are named: a folder of something else altogether may hold thousands. */
const mostNamed = 20;

/** Such as `west.txt, the folder old, and hidden: .DS_Store`. */
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
