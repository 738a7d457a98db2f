import { Readable } from 'node:stream';
import { FedwardError } from '@fedward/core';
import { CsvError, parse } from 'csv-parse';
import * as z from 'zod';

export const csvOptionsSchema = z.strictObject({
  /** One character. Default a comma. */
  delimiter: z.string().length(1).default(','),
  /** True where the first line has the names of the columns (default); the names where no line has them. */
  header: z.union([z.literal(true), z.array(z.string()).min(1)]).default(true),
  /** What a cell holds that has no value, spelled exactly so. NaN is none of them: it is more often an error. */
  missing: z.array(z.string()).default(['', '?', 'NA', 'N/A', 'null', 'NULL']),
  /** A label of the WHATWG Encoding Standard, such as `windows-1252`. */
  encoding: z.string().default('utf-8'),
});

export type CsvOptions = z.output<typeof csvOptionsSchema>;
/** Options as a person writes them: defaults left out. */
export type CsvOptionsInput = z.input<typeof csvOptionsSchema>;

export interface CsvRecord {
  /** Line of the file on which it begins, from 1 on. */
  readonly line: number;
  /** As many as there are `names`; white space around unquoted ones is gone. */
  readonly fields: readonly string[];
  readonly names: readonly string[];
}

/** A quotation mark that is never closed must not read the whole file into one field. */
const longestRecord = 2 ** 24;

/**
 * The records of a CSV file (RFC 4180, and other delimiters), one by one. A byte order mark, any line ends and
 * empty lines are fine.
 *
 * No message holds the content of a cell: messages travel to logs and people that the data may not reach.
 *
 * @param pieces the bytes of the file
 * @param file its name, for messages
 * @throws {FedwardError} DATA_MALFORMED, with file and line, for a record with more or fewer fields than the
 * header, a double name in the header, a first line that looks like data, a misplaced or unclosed quotation
 * mark, or bytes that are not text in the encoding; CONFIG_INVALID for an unknown encoding
 */
export async function* csvRecords(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  { delimiter, header, encoding }: CsvOptions,
): AsyncGenerator<CsvRecord> {
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true, // checked here, for one kind of message
    skip_empty_lines: true,
    trim: true,
    max_record_size: longestRecord,
  });
  const text = Readable.from(textOf(pieces, file, encoding));
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);

  let names = header === true ? undefined : checkNames(header, file);
  try {
    for await (const row of parser) {
      const { record: fields, info } = row as { record: string[]; info: { lines: number } };
      const line = info.lines - fields.reduce((breaks, field) => breaks + field.split('\n').length - 1, 0);
      if (names === undefined) {
        if (fields.filter(looksLikeData).length > fields.length / 2)
          throw malformed(
            file,
            line,
            'this looks like data where the names of the columns should be: give them as `header`',
          );
        names = checkNames(fields, file);
      } else if (fields.length !== names.length) {
        throw malformed(file, line, `${fields.length} fields where there are ${names.length} columns`);
      } else {
        yield { line, fields, names };
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The library's own message can hold a cell.
    throw malformed(file, Number(error['lines']), `not CSV (${error.code})`);
  } finally {
    text.destroy();
  }
}

/** Text with `\n` alone as its line end, without a byte order mark. */
async function* textOf(pieces: AsyncIterable<Uint8Array>, file: string, encoding: string): AsyncGenerator<string> {
  const decoder = decoderOf(encoding);
  let held = ''; // a carriage return whose line feed may be in the next piece
  const decode = (piece?: Uint8Array): string => {
    try {
      return held + decoder.decode(piece, { stream: piece !== undefined });
    } catch (cause) {
      throw new FedwardError('DATA_MALFORMED', `${file}: not text in the encoding ${encoding}`, file, { cause });
    }
  };
  for await (const piece of pieces) {
    const text = decode(piece);
    held = text.endsWith('\r') ? '\r' : '';
    yield unixLines(text.slice(0, text.length - held.length));
  }
  yield unixLines(decode());
}

function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new FedwardError('CONFIG_INVALID', `encoding ${encoding} is not known`, 'encoding', { cause });
  }
}

function unixLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}

function looksLikeData(field: string): boolean {
  return field === '?' || parseNumber(field) !== undefined;
}

/** Says where a double name is, not what it is: a file without a header has a patient there. */
function checkNames(names: readonly string[], file: string): readonly string[] {
  const positions = new Map<string, number>();
  names.forEach((name, i) => {
    const earlier = positions.get(name);
    if (earlier !== undefined)
      throw new FedwardError('DATA_MALFORMED', `${file}: columns ${earlier + 1} and ${i + 1} have one name`, file);
    positions.set(name, i);
  });
  return names;
}

/** The error for something wrong in one place of a file. */
export function malformed(file: string, line: number, what: string, column?: string): FedwardError {
  return new FedwardError('DATA_MALFORMED', `${place(file, line, column)}: ${what}`, column ?? file);
}

export function place(file: string, line: number, column?: string): string {
  return `${file}, line ${line}${column === undefined ? '' : `, column "${column}"`}`;
}

/** A decimal number in full, such as `12`, `-.5` or `3.38e-005`; undefined for anything else. */
export function parseNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}
