import { FedwardError } from '@fedward/core';
import { malformed, type ColumnNote, type TableSource, type TextRow } from '@fedward/kit-tables';
import { textOf } from '../csv/decode.js';
import { readPieces } from '../files.js';
import { mostColumns } from '../limits.js';
import { attributeOf, type Attribute } from './attribute.js';
import { linesOf, type Line } from './lines.js';
import { tokensOf } from './tokens.js';

/** How an ARFF file is written. */
export interface ArffOptions {
  /** A label of the WHATWG Encoding Standard. Default: UTF-8, or what a byte order mark says. */
  readonly encoding?: string;
}

/**
 * Opens a file in the Attribute-Relation File Format of Weka (https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/).
 * Levels that it declares are in the notes. `?` is a missing value; white space around values is taken away, in quotation
 * marks too. Rows are read as they are asked for.
 *
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; and DATA_MALFORMED with file and line for a head that is none, no
 * `@data`, a double or unknown attribute; later for a row with more or fewer values than attributes, sparse rows, and a
 * date that is not of its format
 */
export async function openArff(file: string, options: ArffOptions = {}): Promise<TableSource> {
  return openArffText(textOf(readPieces(file), file, options.encoding), file);
}

/** `openArff` for text that is there already, with `\n` as the line end. */
export async function openArffText(texts: AsyncGenerator<string>, file: string): Promise<TableSource> {
  const batches = linesOf(texts, file);
  try {
    const { attributes, beginning } = await readHead(batches, file);
    const notes: Record<string, ColumnNote> = {};
    for (const { name, note } of attributes) if (note) notes[name] = note;
    const rows = rowsOf(beginning, batches, attributes, file);
    return {
      names: attributes.map(({ name }) => name),
      rows,
      notes,
      files: [file],
      close: async () => {
        await rows.return(undefined);
        await batches.return(undefined);
        await texts.return(undefined);
      },
    };
  } catch (error) {
    await batches.return(undefined);
    await texts.return(undefined);
    throw error;
  }
}

interface Head {
  readonly attributes: readonly Attribute[];
  /** What of the first lines of data came along. */
  readonly beginning: readonly Line[];
}

async function readHead(batches: AsyncGenerator<readonly Line[]>, file: string): Promise<Head> {
  const attributes = new Map<string, Attribute & { readonly line: number }>();
  for (let batch = await batches.next(); !batch.done; batch = await batches.next())
    for (const [i, { line, text }] of batch.value.entries()) {
      if (text.startsWith('%')) continue;
      const keyword = /^@[A-Za-z]+/.exec(text)?.[0] ?? '';
      switch (keyword.toLowerCase()) {
        case '@relation':
          break;
        case '@attribute': {
          const attribute = attributeOf(text.slice(keyword.length), file, line, mostColumns);
          const earlier = attributes.get(attribute.name);
          if (earlier) throw malformed(file, line, `is declared on line ${earlier.line} already`, attribute.name);
          attributes.set(attribute.name, { ...attribute, line });
          if (attributes.size > mostColumns) throw malformed(file, line, `more than ${mostColumns} attributes`);
          break;
        }
        case '@data':
          if (attributes.size === 0) throw malformed(file, line, '@data, and no @attribute before it');
          return { attributes: [...attributes.values()], beginning: batch.value.slice(i + 1) };
        default:
          throw malformed(file, line, 'neither @relation, @attribute, @data nor a comment: this is no ARFF file');
      }
    }
  const what = attributes.size === 0 ? 'has no @attribute and no @data: this is no ARFF file' : 'has no @data';
  throw new FedwardError('DATA_MALFORMED', `${file} ${what}, or was cut short before it`, file);
}

async function* rowsOf(
  beginning: readonly Line[],
  rest: AsyncGenerator<readonly Line[]>,
  attributes: readonly Attribute[],
  file: string,
): AsyncGenerator<readonly TextRow[]> {
  const read = (lines: readonly Line[]): TextRow[] =>
    lines.filter(({ text }) => !text.startsWith('%')).map((line) => rowOf(line, attributes, file));
  yield read(beginning);
  for await (const batch of rest) yield read(batch);
}

function rowOf({ line, text }: Line, attributes: readonly Attribute[], file: string): TextRow {
  if (text.startsWith('{'))
    throw malformed(file, line, 'a sparse row ({position value, ...}), which is not read: write all values out');
  const tokens = tokensOf(text, attributes.length);
  if (typeof tokens === 'string') throw malformed(file, line, tokens);
  if (tokens.length !== attributes.length) {
    const found = tokens.length > attributes.length ? `more than ${attributes.length}` : tokens.length;
    throw malformed(file, line, `${found} values where there are ${attributes.length} attributes`);
  }
  const fields = attributes.map(({ name, read }, i) => {
    const { text: cell, quoted } = tokens[i]!;
    if (cell === '' || (cell === '?' && !quoted)) return '';
    const value = read(cell);
    if (value === undefined) throw malformed(file, line, 'not a date of the format that the attribute declares', name);
    return value;
  });
  return { line, fields };
}
