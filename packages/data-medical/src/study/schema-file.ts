import { FedwardError, hasCode, parseWith } from '@fedward/core';
import { tableSchema, type TableSchema, type TableSchemaInput } from '@fedward/kit-tables';
import * as z from 'zod';
import { markedEncoding } from '../csv/decode.js';
import { readPieces } from '../files.js';
import { declaredEvaluationSchema, assertJudgeable } from './evaluation.js';
import { sourceSchema, type SourceInput, type SourceSpec } from '../source/spec.js';

/** What a study is about, for people. */
const aboutShape = {
  title: z.string().optional(),
  description: z.string().optional(),
  /** Where the data are from: a publisher, a ward, a query. */
  origin: z.string().optional(),
  /** SPDX identifier, or the terms in words. */
  licence: z.string().optional(),
  /**
   * How columns of numbers are scaled that declare neither a scale nor a range. `site` (default): by each hospital's own
   * mean and deviation; `federation`: by those of all hospitals' training parts, from sums that leave them.
   */
  standardization: z.enum(['site', 'federation']).optional(),
  /**
   * Of thousands of features those are kept that differ most between the classes (F statistic), by sums that leave the
   * hospitals' training parts.
   */
  screening: z.strictObject({ keep: z.int().min(1) }).optional(),
  /** By what its models are to be judged: declared here, before anybody looks at a result. */
  evaluation: declaredEvaluationSchema.optional(),
};
const aboutSchema = z.strictObject(aboutShape);

/** A study's schema as a person writes it: what columns mean, how files are read, what it is about. */
export type StudySchemaInput = TableSchemaInput & SourceInput & z.input<typeof aboutSchema>;

/** A file that says how hospitals' data are read. */
export interface StudySchema {
  /** Defaults filled in. */
  readonly schema: TableSchema;
  readonly source: SourceSpec;
  readonly about: z.output<typeof aboutSchema>;
  /** All of it as it was written. */
  readonly written: StudySchemaInput;
}

/** A schema of the most columns that a table may have is a tenth of it. */
const mostBytes = 32 * 2 ** 20;

const example =
  '{ "columns": [...], "label": {...} }, as `fedward data inspect FILE.csv --write schema.json` makes one';

/**
 * Reads a schema: an object with `columns`, `label`, perhaps `patientId` and `csv`; or all that `data inspect --json`
 * printed, of which the proposed schema is taken. UTF-8 or UTF-16, with a byte order mark or without.
 *
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what is too large or no JSON; CONFIG_INVALID for what is no schema
 */
export async function readStudySchema(file: string): Promise<StudySchema> {
  return parseStudySchema(jsonOf(textOf(await bytesOf(file), file), file), file);
}

async function bytesOf(file: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of readPieces(file)) {
      length += piece.length;
      if (length > mostBytes)
        throw new FedwardError('FILE_INVALID', `${file} is larger than ${mostBytes / 2 ** 20} MiB: no schema is`, file);
      pieces.push(piece);
    }
  } catch (cause) {
    if (!hasCode(cause, 'FILE_NOT_FOUND')) throw cause;
    const message = `there is no such file: ${file} would be the schema, ${example}`;
    throw new FedwardError('FILE_NOT_FOUND', message, file, { cause });
  }
  return Buffer.concat(pieces);
}

/** What was read as JSON, as `readStudySchema` takes it. @throws {FedwardError} CONFIG_INVALID */
export function parseStudySchema(json: unknown, file: string): StudySchema {
  const refuse = (what: string) => new FedwardError('CONFIG_INVALID', `${file} ${what}`, file);
  if (!isObject(json)) throw refuse(`holds ${wordFor(json)} where a schema should be: ${example}`);
  const inspected = 'proposedSchema' in json || ('notPublic' in json && 'leftOut' in json);
  const written = inspected ? json['proposedSchema'] : json;
  if (inspected && !isObject(written))
    throw refuse('is what `data inspect` printed of a file for which it proposed no schema');
  const { source, about, table } = parted(written as Record<string, unknown>);
  if (!('columns' in table) && !('label' in table))
    throw refuse(`is no schema: it has neither columns nor a label. It is ${example}`);
  const parsed = {
    source: parseWith(sourceSchema, source, file),
    about: parseWith(aboutSchema, about, file),
    schema: parseWith(tableSchema, table, file),
  };
  assertJudgeable(parsed.about.evaluation, parsed.schema.label, (key) => `${file}: evaluation.${key}`);
  return { ...parsed, written: written as StudySchemaInput };
}

/** Each member by what it is about. */
function parted(written: Record<string, unknown>) {
  const source: Record<string, unknown> = {};
  const about: Record<string, unknown> = {};
  const table: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(written))
    if (key in sourceSchema.shape) source[key] = value;
    else if (key in aboutShape) about[key] = value;
    else table[key] = value;
  return { source, about, table };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wordFor(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function textOf(bytes: Uint8Array, file: string): string {
  const encoding = markedEncoding(bytes) ?? (bytes[1] === 0 ? 'utf-16le' : bytes[0] === 0 ? 'utf-16be' : 'utf-8');
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${file} is not text in UTF-8: save it as UTF-8`, file, { cause });
  }
}

function jsonOf(text: string, file: string): unknown {
  if (text.trim() === '') throw new FedwardError('FILE_INVALID', `${file} is empty: a schema is ${example}`, file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const at = /position (\d+)/.exec((cause as Error).message)?.[1];
    const where = at === undefined ? '' : `, line ${text.slice(0, Number(at)).split('\n').length}`;
    const what = /end of JSON/.test((cause as Error).message)
      ? 'it ends in the middle'
      : 'a comma, a bracket or a quotation mark is missing or too many';
    throw new FedwardError('FILE_INVALID', `${file}${where}: not JSON: ${what}`, file, { cause });
  }
}
