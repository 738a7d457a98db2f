import { digestJson, FedwardError } from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import { canonicalText, valueKey } from '@fedward/kit-tables';
import { optedOut } from './opted-out.js';

/** A list of patients who opted out, as its file has it. */
export interface OptOuts {
  readonly path: string;
  /** Of its lines, in whatever order they stand: without white space around, each once. */
  readonly digest: string;
  /**
   * Which of a hospital's rows leave, by the patient's id.
   * @param column that patient ids are in, as the schema names it; undefined where no schema does: the list has one a line
   * @throws {FedwardError} CONFIG_INCOMPATIBLE where the list has columns, and none of that name; later, for an id that is
   *   one number with one of the list and another text
   */
  of(column: string | undefined): (patientId: string) => string | undefined;
  /**
   * To be asked once all rows were read.
   * @returns what to tell where nobody of the list is in the data; undefined where somebody is
   * @throws {FedwardError} CONFIG_INCOMPATIBLE where an id that is nobody's is a patient's but for capitals
   */
  missed(): string | undefined;
}

/** Which ids of a list are patients', and which would be but for their capitals. */
interface Found {
  readonly ids: Set<string>;
  readonly alike: Set<string>;
}

/**
 * Reads a list of patient ids: one a line, or a table with a column that is called as the schema's.
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID, also for what is no UTF-8: its ids would be nobody's; DATA_EMPTY for
 *   a list without an id
 */
export async function readOptOuts(path: string, option = '--opt-outs'): Promise<OptOuts> {
  const bytes = await readBytes(path, { option });
  const lines = textOf(bytes, path, option)
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [first = ''] = lines;
  if (lines.length === 0) throw new FedwardError('DATA_EMPTY', `${option}: ${path} has no patient ids`, path);
  const mark = [',', ';', '\t'].find((each) => first.includes(each));
  const digest = digestJson([...new Set(lines)].sort());
  const found: Found = { ids: new Set(), alike: new Set() };
  return {
    ...{ path, digest },
    of: (column) => leaving(idsIn(lines, mark, column, path), path, found),
    missed: () => missedOf(found, path, option),
  };
}

function textOf(bytes: Uint8Array, path: string, option: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // As below.
  }
  throw new FedwardError('FILE_INVALID', `${option}: ${path} is no text in UTF-8: save it as such`, path);
}

function missedOf({ ids, alike }: Found, path: string, option: string): string | undefined {
  if ([...alike].some((id) => !ids.has(id)))
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${option}: ${path} has an id that is nobody's, and a patient's but for capitals: write it as the data do`,
      option,
    );
  return ids.size > 0 ? undefined : 'Of the list of those who opted out nobody is in the data: look whether its ids are written as theirs.'; // prettier-ignore
}

/** In one case, and one form of Unicode. */
function folded(id: string): string {
  return id.normalize('NFKC').toLowerCase();
}

function idsIn(
  lines: readonly string[],
  mark: string | undefined,
  column: string | undefined,
  path: string,
): readonly string[] {
  const [first = '', ...rest] = lines;
  const name = column === undefined ? undefined : canonicalText(column);
  if (mark === undefined) {
    const ids = lines.map((line) => canonicalText(unquoted(line)));
    return ids[0] === name ? ids.slice(1) : ids;
  }
  const at = name === undefined ? -1 : fieldsOf(first, mark).map(canonicalText).indexOf(name);
  if (at < 0)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      name === undefined
        ? `--opt-outs: ${path} has several columns, and no schema says which has the patient ids: write one id a line`
        : `--opt-outs: ${path} has several columns, and none is called "${name}", in which the schema has patient ids`,
      '--opt-outs',
    );
  return rest.map((line) => canonicalText(fieldsOf(line, mark)[at] ?? '')).filter((id) => id !== '');
}

/** An opt-out that is written in another way than the patient's id would be missed without a word. */
function leaving(ids: readonly string[], path: string, found: Found): (patientId: string) => string | undefined {
  const listed = new Set(ids);
  const keys = new Set(ids.map((id) => valueKey(id)));
  const spelled = new Map(ids.map((id) => [folded(id), id]));
  return (patientId) => {
    if (listed.has(patientId)) {
      found.ids.add(patientId);
      return optedOut;
    }
    const alike = spelled.get(folded(patientId));
    if (alike !== undefined) found.alike.add(alike);
    if (!keys.has(valueKey(patientId))) return undefined;
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `--opt-outs: ${path} has an id that is one number with a patient's and is written in another way, such as 7 for 007: ` +
        'write it as the data do',
      '--opt-outs',
    );
  };
}

/** A line of CSV (RFC 4180, section 2). */
function fieldsOf(line: string, mark: string): string[] {
  const fields: string[] = [];
  let field = '';
  let inQuotes = false;
  for (const character of line) {
    if (character === '"') {
      inQuotes = !inQuotes;
      field += character;
    } else if (character === mark && !inQuotes) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  return [...fields, field].map((each) => unquoted(each.trim()));
}

function unquoted(field: string): string {
  return /^".*"$/s.test(field) ? field.slice(1, -1).replaceAll('""', '"').trim() : field;
}
