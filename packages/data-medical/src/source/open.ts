import { stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join } from 'node:path';
import { FedwardError } from '@fedward/core';
import type { TableSource } from '@fedward/kit-tables';
import { unreadable } from '../files.js';
import { joinSource } from '../join/join.js';
import { stackSources } from '../join/stack.js';
import { formats, type Format } from './formats.js';
import type { SourceSpec } from './spec.js';

/** The column that says of which file's set a row is. */
const setColumn = 'set';

/**
 * Opens a hospital's data, whatever their format: a file, or a folder where the format is one of folders or the schema
 * names files in it.
 *
 * @param path of the file or folder
 * @param wanted columns that will be asked for
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID; CONFIG_INVALID for a file whose format can't be told; and as the
 *   format's own reader
 */
export async function openSource(path: string, spec: SourceSpec, wanted: readonly string[] = []): Promise<TableSource> {
  const { files, join: other } = spec;
  const left = files ? await stacked(path, files, spec, wanted) : await openOne(path, spec, wanted);
  if (!other) return left;
  const beside = within(await folderOf(path), other.file, 'join');
  const right = await openOne(beside, { ...spec, ...(other.csv && { csv: other.csv }) }, []);
  return joinSource(left, right, { on: other.on, decimal: spec.csv?.decimal ?? '.' });
}

/** Several files as one table. */
async function stacked(
  path: string,
  files: NonNullable<SourceSpec['files']>,
  spec: SourceSpec,
  wanted: readonly string[],
): Promise<TableSource> {
  const withSets = files.every(({ set }) => set !== undefined);
  const own = withSets ? wanted.filter((name) => name !== setColumn) : wanted;
  const folder = await folderOf(path);
  const sources: TableSource[] = [];
  for (const { file } of files) sources.push(await openOne(within(folder, file, 'files'), spec, own));
  const values = files.map(({ set }) => set ?? '');
  return stackSources(sources, withSets ? { column: setColumn, values } : {});
}

async function openOne(path: string, spec: SourceSpec, wanted: readonly string[]): Promise<TableSource> {
  const format = await formatOf(path, spec);
  return format.open(path, spec, wanted);
}

/** Which format a file or folder has. @throws {FedwardError} CONFIG_INVALID where nothing tells it */
export async function formatOf(path: string, spec: SourceSpec): Promise<Format> {
  const { format } = spec;
  if (format !== undefined) return formats[format];
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const all = Object.values(formats);
  const told = all.filter((candidate) => candidate.section !== undefined && spec[candidate.section] !== undefined);
  const extension = extname(path).toLowerCase();
  const match = found.isDirectory()
    ? told.find(({ folder }) => folder)
    : (all.find(({ extensions }) => extensions.includes(extension)) ?? told[0]);
  if (match) return match;
  const names = Object.keys(formats).join(', ');
  throw new FedwardError(
    'CONFIG_INVALID',
    found.isDirectory()
      ? `${path} is a folder, and the schema says neither its format nor which files of it are read ("format", "files")`
      : `${path}: nothing tells its format by the ending "${extension}": say "format" in the schema, one of ${names}`,
    path,
  );
}

/**
 * A file that a schema names, which comes from whoever planned the study: it opens files of the data's folder alone.
 * @throws {FedwardError} CONFIG_INVALID for a name that leads out of it
 */
function within(folder: string, file: string, member: string): string {
  if (isAbsolute(file) || /^[a-z]:/i.test(file) || file.includes('\0') || file.split(/[/\\]/).includes('..'))
    throw new FedwardError('CONFIG_INVALID', `${member}: "${file}" leads out of the folder of the data`, member);
  return join(folder, file);
}

/** The folder that names of files start from: the data's own, or the one that a file of data is in. */
export async function folderOf(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return found.isDirectory() ? path : dirname(path);
}
