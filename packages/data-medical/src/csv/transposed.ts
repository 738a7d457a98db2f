import { FedwardError } from '@fedward/core';
import { canonicalText, isBlank, malformed, type TextRow } from '@fedward/kit-tables';
import { mostColumns } from '../limits.js';
import type { CsvOptions, TransposedOptions } from './options.js';
import { openPlainCsv, type CsvTable } from './table.js';

/** Cells that are held at a time: some 100 MB as text. */
const cellsHeld = 2 ** 21;

/** A column of the file that becomes a row. */
interface Sample {
  readonly name: string;
  readonly position: number;
}

/**
 * Opens a file whose columns are samples and whose lines are what was measured, as a table with a row for each sample. The
 * line of a row is the place of its column in the file, from 1 on.
 *
 * The file is read once for the names, and once for each block of samples of which all cells are held: memory does not
 * grow with it, time does by the number of blocks.
 *
 * @param pieces gives the bytes of the file from the beginning on, each time that it is asked
 * @throws {FedwardError} as `openPlainCsv`, and DATA_MALFORMED for a line without an id, two lines with one, more than
 * `mostColumns` lines, or a file in which no sample is left
 */
export async function openTransposed(
  pieces: () => AsyncIterable<Uint8Array>,
  file: string,
  options: CsvOptions,
  transposed: TransposedOptions,
): Promise<CsvTable> {
  const id = canonicalText(transposed.id);
  const skipped = matcher(transposed.skip.map(canonicalText));
  const open = () => openPlainCsv(pieces(), file, options, { wanted: [id], mayRepeat: skipped });

  const { table, idAt, features } = await surveyed(open, file, id, canonicalText(transposed.samples));
  const samples = table.names
    .map((name, position): Sample => ({ name, position }))
    .filter(({ name, position }) => position !== idAt && name !== '' && !skipped(name));
  if (samples.length === 0 && table.names.length > 0)
    throw malformed(file, 1, 'no column of samples is left: all are skipped, or have no name', file);
  const unnamed = table.names.filter((name) => name === '').length;
  const rows = blocksOf(samples, features, open, file, idAt);
  return {
    names: samples.length === 0 ? [] : [canonicalText(transposed.samples), ...features],
    delimiter: table.delimiter,
    rows,
    files: [file],
    remarks: () => (unnamed > 0 ? [`${file}: ${unnamed} columns have no name and are no samples: left out.`] : []),
    close: () => rows.return(undefined),
  };
}

/** First reading: the names of what was measured. */
async function surveyed(open: () => Promise<CsvTable>, file: string, id: string, samples: string) {
  const table = await open();
  try {
    const idAt = table.names.indexOf(id);
    if (idAt < 0 && table.names.length > 0)
      throw new FedwardError('DATA_MALFORMED', `${file}: no column is named "${id}", which "transposed" asks for`, id);
    const lines = new Map<string, number>([[samples, 0]]);
    for await (const batch of table.rows)
      for (const row of batch) {
        if (isBlank(row)) continue;
        const name = canonicalText(row.fields[idAt]!);
        if (name === '') throw malformed(file, row.line, 'there is no name of what was measured', id);
        const earlier = lines.get(name);
        if (earlier === 0) throw malformed(file, row.line, `is named as the column of the samples, "${samples}"`, id);
        if (earlier !== undefined) throw malformed(file, row.line, `is named as line ${earlier} is`, id);
        lines.set(name, row.line);
        if (lines.size > mostColumns)
          throw malformed(file, row.line, `more than ${mostColumns} lines, each of which would be a column`, id);
      }
    lines.delete(samples);
    return { table, idAt, features: [...lines.keys()] };
  } finally {
    await table.close();
  }
}

/** Further readings: the cells of some samples at a time. */
async function* blocksOf(
  samples: readonly Sample[],
  features: readonly string[],
  open: () => Promise<CsvTable>,
  file: string,
  idAt: number,
): AsyncGenerator<readonly TextRow[]> {
  const size = Math.max(1, Math.floor(cellsHeld / Math.max(1, features.length)));
  for (let from = 0; from < samples.length; from += size) {
    const block = samples.slice(from, from + size);
    const cells = block.map(({ name }) => [name]);
    let found = 0;
    const table = await open();
    try {
      for await (const batch of table.rows)
        for (const row of batch) {
          if (isBlank(row)) continue;
          if (canonicalText(row.fields[idAt]!) !== features[found++]) throw changed(file);
          for (let i = 0; i < block.length; i++) cells[i]!.push(row.fields[block[i]!.position]!);
        }
    } finally {
      await table.close();
    }
    if (found !== features.length) throw changed(file);
    yield block.map(({ position }, i): TextRow => ({ line: position + 1, fields: cells[i]! }));
  }
}

function changed(file: string): FedwardError {
  return new FedwardError('FILE_INVALID', `${file} changed while it was read`, file);
}

/** Whether a name is one of some, in which `*` stands for anything. */
function matcher(patterns: readonly string[]): (name: string) => boolean {
  const parts = patterns.map((pattern) => pattern.split('*'));
  return (name) => parts.some((pieces) => fits(name, pieces));
}

/** By hand: a pattern of a person must not become a regular expression that never ends. */
function fits(name: string, pieces: readonly string[]): boolean {
  const [first = '', ...others] = pieces;
  if (others.length === 0) return name === first;
  const last = others.pop()!;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
