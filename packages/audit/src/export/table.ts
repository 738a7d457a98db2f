import type { ShownEntry } from './show.js';

/** Rows that are looked at before the first is told, to find how wide the columns are. */
const lookedAt = 200;

/** A column is no wider than this, but for the last; longer text moves the rest of its line on. */
const widest = 44;

const head = ['entry', 'when', 'who', 'round', 'what', 'how much'] as const;

/**
 * A table for people, line by line, with a head. Memory does not grow with the log: columns are as wide as the first rows
 * need.
 */
export async function* tableLines(shown: AsyncIterable<ShownEntry>): AsyncGenerator<string> {
  const first: (readonly string[])[] = [head];
  let widths: readonly number[] | undefined;
  for await (const entry of shown) {
    const row = cellsOf(entry);
    if (widths) yield aligned(row, widths);
    else if (first.push(row) > lookedAt) {
      widths = widthsOf(first);
      for (const each of first) yield aligned(each, widths);
    }
  }
  if (widths || first.length === 1) return;
  widths = widthsOf(first);
  for (const each of first) yield aligned(each, widths);
}

function cellsOf({ index, when, who, round, what, howMuch }: ShownEntry): readonly string[] {
  return [String(index), when.replace('T', ' '), who, round === null ? '' : String(round), what, howMuch];
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  return head.map((_, column) =>
    Math.min(
      widest,
      rows.reduce((width, row) => Math.max(width, row[column]!.length), 0),
    ),
  );
}

function aligned(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) =>
      column === 0 || column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    )
    .join('  ')
    .trimEnd();
}
