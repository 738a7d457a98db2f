import { createHash } from 'node:crypto';
import { basename, relative } from 'node:path';
import { digestJson } from '@fedward/core';
import type { RowCounts, Table, TableSchema } from '@fedward/kit-tables';
import { readPieces } from '../files.js';

/** A file that was read. */
export interface SheetFile {
  readonly name: string;
  readonly bytes: number;
  /** As `sha256sum` prints it. */
  readonly sha256: string;
}

/**
 * What a hospital's data are, as a data sheet has it (Gebru et al. 2021, "Datasheets for Datasets"): what was read, what of
 * it is used, and what became of the rest. Counts are facts about patients: it is the site's, and of what leaves it there
 * are a digest and counts that are large enough (see `shownCounts`).
 */
export interface DatasetSheet {
  readonly title?: string;
  readonly origin?: string;
  readonly licence?: string;
  /** Each file, by name; of more than `mostFiles` there is one entry for all. */
  readonly files: readonly SheetFile[];
  readonly rows: RowCounts;
  /** In how many of the rows read a column had no value; those in which all had one are left out. */
  readonly missing: readonly { readonly column: string; readonly rows: number }[];
  /** By column, as the schema declares them. */
  readonly units: Readonly<Record<string, string>>;
  /** Further things to know, in sentences, such as records that were damaged. */
  readonly remarks: readonly string[];
}

/** More files than people look at are one entry. */
export const mostFiles = 100;

/** What is known of a table once it has been read. */
export interface SheetInput {
  readonly about: { readonly [K in 'title' | 'origin' | 'licence']?: DatasetSheet[K] | undefined };
  readonly schema: TableSchema;
  readonly table: Pick<Table, 'rows' | 'missingRows'>;
  readonly files: readonly SheetFile[];
  readonly remarks: readonly string[];
}

export function sheetOf({ about, schema, table, files, remarks }: SheetInput): DatasetSheet {
  const { title, origin, licence } = about;
  const units = schema.columns.flatMap((column): [string, string][] =>
    'unit' in column && column.unit !== undefined ? [[column.name, column.unit]] : [],
  );
  if ('unit' in schema.label && schema.label.unit !== undefined) units.push([schema.label.name, schema.label.unit]);
  return {
    ...(title !== undefined && { title }),
    ...(origin !== undefined && { origin }),
    ...(licence !== undefined && { licence }),
    files,
    rows: table.rows,
    missing: schema.columns.flatMap(({ name }, i) => {
      const rows = table.missingRows[i]!;
      return rows > 0 ? [{ column: name, rows }] : [];
    }),
    units: Object.fromEntries(units),
    remarks,
  };
}

/** `sha256:` and the digest of a sheet's canonical JSON: what a site approves, and what a log names. */
export function sheetDigest(sheet: DatasetSheet): string {
  return digestJson(sheet);
}

/** Of a sheet what may be told elsewhere where nothing protects patients: counts that are large enough, others as null. */
export interface ShownCounts {
  readonly read: number | null;
  readonly used: number | null;
  readonly dropped: readonly { readonly reason: string; readonly rows: number | null }[];
  readonly missing: readonly { readonly column: string; readonly rows: number | null }[];
}

/** @param minimum counts above zero and below it are not told */
export function shownCounts({ rows, missing }: Pick<DatasetSheet, 'rows' | 'missing'>, minimum = 5): ShownCounts {
  const shown = (count: number): number | null => (count > 0 && count < minimum ? null : count);
  const hidden = rows.dropped.some(({ rows: count }) => shown(count) === null);
  return {
    // Of two of the three the third could be told.
    read: hidden ? null : shown(rows.read),
    used: shown(rows.used),
    dropped: rows.dropped.map((each) => ({ reason: each.reason, rows: shown(each.rows) })),
    missing: missing.map((each) => ({ column: each.column, rows: shown(each.rows) })),
  };
}

/**
 * Digests files as they are on the disk.
 * @param folder that names are given from; default: names alone
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID
 */
export async function digestFiles(paths: readonly string[], folder?: string): Promise<SheetFile[]> {
  const all = await digested(paths, folder);
  return all.length <= mostFiles ? all : [together(all, 'files')];
}

/**
 * The same as one entry, without the names: files of patients are often called as the patients are.
 * @param words what they are
 */
export async function digestTogether(paths: readonly string[], words: string): Promise<SheetFile> {
  return together(await digested(paths), words);
}

async function digested(paths: readonly string[], folder?: string): Promise<SheetFile[]> {
  const all: SheetFile[] = [];
  for (const path of paths) {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of readPieces(path)) {
      hash.update(piece);
      bytes += piece.length;
    }
    const name = folder === undefined ? basename(path) : relative(folder, path) || basename(path);
    all.push({ name, bytes, sha256: hash.digest('hex') });
  }
  return all;
}

function together(all: readonly SheetFile[], words: string): SheetFile {
  const bytes = all.reduce((sum, file) => sum + file.bytes, 0);
  const of = createHash('sha256');
  for (const { sha256, name } of all) of.update(`${sha256}  ${name}\n`); // as `sha256sum * | sha256sum`
  return { name: `${all.length} ${words}`, bytes, sha256: of.digest('hex') };
}
