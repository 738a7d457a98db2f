import { FedwardError } from '@fedward/core';
import { canonicalText, malformed, parseNumber } from '@fedward/kit-tables';
import type { CsvRecord } from './records.js';

/** Records among which the names of the columns are looked for, to say where they are. */
const searched = 10;

/**
 * The names of a file's columns.
 *
 * @param beginning the first records
 * @param header see `csvOptionsSchema`
 * @param wanted columns that will be asked for: a line that has them all is a header, also where they are numbers
 * @param mayRepeat whether several columns may have a name
 * @returns names, and the first of the records that is a row
 * @throws {FedwardError} DATA_MALFORMED where they can't be told
 */
export function headerOf(
  beginning: readonly CsvRecord[],
  file: string,
  header: true | readonly string[] | undefined,
  wanted: readonly string[],
  mayRepeat: (name: string) => boolean = () => false,
): { readonly names: readonly string[]; readonly rowsFrom: 0 | 1 } {
  const first = beginning[0];
  if (header !== undefined && header !== true) {
    const names = assertNames(header.map(canonicalText), file, mayRepeat);
    return { names, rowsFrom: first && isHeader(first, names, file) ? 1 : 0 };
  }
  if (!first) return { names: [], rowsFrom: 0 };
  const names = first.fields.map(canonicalText);
  if (!(wanted.length > 0 && hasAll(names, wanted))) {
    assertNoTitle(beginning, file, wanted);
    if (header === undefined && looksLikeRow(first)) throw malformed(file, first.line, rowOrHeader);
  }
  return { names: assertNames(names, file, mayRepeat), rowsFrom: 1 };
}

const rowOrHeader =
  'most of this first line are numbers, so that it looks like data where the names of the columns should be. If it is a ' +
  'row, give the names of the columns; if these are the names, give just these: --header, or "header" in the csv section ' +
  'of the schema. A first line that equals them is then no row';

/** True where the first line repeats the names that were given. */
function isHeader({ line, fields }: CsvRecord, names: readonly string[], file: string): boolean {
  const plain = (text: string) => canonicalText(text).toLowerCase();
  const found = fields.map(plain);
  while (found.length > names.length && found.at(-1) === '') found.pop();
  const given = names.map(plain);
  if (found.length !== given.length) return false;
  if (found.every((name, i) => name === given[i])) return true;
  if (found.toSorted().every((name, i) => name === given.toSorted()[i]))
    throw malformed(file, line, 'this line has the names that `header` gives, in another order');
  return false;
}

function hasAll(names: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((name) => names.includes(name));
}

function looksLikeRow({ fields }: CsvRecord): boolean {
  const filled = fields.filter((field) => field !== '');
  const data = filled.filter(
    (field) => field === '?' || parseNumber(field) !== undefined || parseNumber(field, ',') !== undefined,
  );
  return data.length > filled.length / 2;
}

/** A title or a note above the header is one cell in a line; people see at once what it is. */
function assertNoTitle(beginning: readonly CsvRecord[], file: string, wanted: readonly string[]): void {
  const [first, ...next] = beginning.slice(0, searched);
  const filled = ({ fields }: CsvRecord) => fields.filter((field) => field !== '').length;
  const named = next.find(({ fields }) => wanted.length > 0 && hasAll(fields.map(canonicalText), wanted));
  const wider = wanted.length === 0 && filled(first!) === 1 ? next.find((record) => filled(record) > 2) : undefined;
  const header = named ?? wider;
  if (header)
    throw malformed(
      file,
      first!.line,
      `this looks like a title; the names of the columns ${named ? 'are' : 'seem to be'} on line ${header.line}: ` +
        'remove what stands above them',
    );
}

/** Says where a double name is, not what it is: a file without a header has a patient there. */
function assertNames(names: readonly string[], file: string, mayRepeat: (name: string) => boolean): readonly string[] {
  const positions = new Map<string, number>();
  names.forEach((name, i) => {
    const earlier = positions.get(name);
    if (earlier !== undefined)
      throw new FedwardError(
        'DATA_MALFORMED',
        `${file}: columns ${earlier + 1} and ${i + 1} have one name: give each its own`,
        file,
      );
    if (name !== '' && !mayRepeat(name)) positions.set(name, i);
  });
  return names;
}
