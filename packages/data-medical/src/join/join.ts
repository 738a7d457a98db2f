import { FedwardError } from '@fedward/core';
import {
  canonicalText,
  isBlank,
  malformed,
  valueKey,
  type DecimalMark,
  type TableSource,
  type TextRow,
} from '@fedward/kit-tables';

/** Cells of the right side that may be held: some GB as text. */
const mostHeld = 2 ** 25;

/** How two sources are joined. */
export interface JoinOptions {
  /** The column that both have, or its name in either. */
  readonly on: string | { readonly left: string; readonly right: string };
  /**
   * A row of the left side for which the right side has none: `refuse` it; `leave-out`, counted in the remarks; or `empty`,
   * where the columns of the right side hold no value, so that the schema says what becomes of the row. Default `refuse`.
   */
  readonly unmatched?: 'refuse' | 'leave-out' | 'empty';
  /** The mark before the digits of a decimal number: keys are compared by value, `1` is `1.0`. Default a point. */
  readonly decimal?: DecimalMark;
}

/** What is held of the right side. */
interface Held {
  readonly rows: ReadonlyMap<string, TextRow>;
  readonly names: readonly string[];
  readonly keyAt: number;
}

/**
 * For each row of `left` the one row of `right` that has its key, such as labels in a file of their own. Two rows of `right`
 * with one key are refused; those that no row of `left` asks for are counted in the remarks. `right` is read at once and
 * held, `left` goes by.
 *
 * @returns the columns of `left`, and after them those of `right` without its key
 * @throws {FedwardError} DATA_MALFORMED for a key column that is not there, a column that both have, two rows of `right`
 * with one key or without one, more cells than can be held; and later for a row of `left` that has no match
 */
export async function joinSource(left: TableSource, right: TableSource, options: JoinOptions): Promise<TableSource> {
  const { on, unmatched = 'refuse', decimal = '.' } = options;
  const key = typeof on === 'string' ? { left: on, right: on } : on;
  const leftFile = left.files[0] ?? '';
  try {
    const leftAt = positionOf(left, key.left);
    const held = await hold(right, key.right, decimal);
    const taken = new Set(left.names);
    const double = held.names.find((name) => name !== '' && taken.has(name));
    if (double !== undefined)
      throw new FedwardError(
        'DATA_MALFORMED',
        `${leftFile} and ${right.files[0]} both have a column "${double}": rename one of them`,
        double,
      );
    const counts = { leftOut: 0, matched: new Set<string>() };
    const none: TextRow = { line: 0, fields: held.names.map(() => '') };

    const joined = (row: TextRow): TextRow | undefined => {
      const text = row.fields[leftAt]!;
      const found = text === '' ? undefined : held.rows.get(valueKey(text, decimal));
      if (found) counts.matched.add(valueKey(text, decimal));
      else if (isBlank(row)) return undefined;
      else if (unmatched === 'refuse')
        throw malformed(leftFile, row.line, `${right.files[0]} has no row with this key`, key.left);
      else if (unmatched === 'leave-out') {
        counts.leftOut++;
        return undefined;
      }
      const other = found ?? none;
      const arrays = row.arrays || other.arrays ? { arrays: { ...row.arrays, ...other.arrays } } : undefined;
      return { line: row.line, fields: [...row.fields, ...other.fields], ...arrays };
    };
    async function* rows(): AsyncGenerator<readonly TextRow[]> {
      for await (const batch of left.rows) yield batch.map(joined).filter((row) => row !== undefined);
    }
    const opened = rows();
    const remarks = (): string[] => {
      const spare = held.rows.size - counts.matched.size;
      return [
        ...(left.remarks?.() ?? []),
        ...(right.remarks?.() ?? []),
        ...(counts.leftOut > 0
          ? [`${leftFile}: ${counts.leftOut} rows have no row in ${right.files[0]} and were left out.`]
          : []),
        ...(spare > 0 ? [`${right.files[0]}: no row of ${leftFile} asks for ${spare} of its rows.`] : []),
      ];
    };
    return {
      names: [...left.names, ...held.names],
      rows: opened,
      notes: { ...right.notes, ...left.notes },
      remarks,
      files: [...left.files, ...right.files],
      close: async () => {
        await opened.return(undefined);
        await left.close();
      },
    };
  } catch (error) {
    await left.close();
    throw error;
  }
}

/** Reads a source into memory, by its key, and closes it. */
async function hold(source: TableSource, key: string, decimal: DecimalMark): Promise<Held> {
  const file = source.files[0] ?? '';
  try {
    const keyAt = positionOf(source, key);
    const rows = new Map<string, TextRow>();
    let cells = 0;
    for await (const batch of source.rows)
      for (const row of batch) {
        if (isBlank(row)) continue;
        const text = row.fields[keyAt]!;
        if (text === '') throw malformed(file, row.line, 'there is no key to join by', key);
        const own = valueKey(text, decimal);
        const earlier = rows.get(own);
        if (earlier) throw malformed(file, row.line, `has the key that line ${earlier.line} has`, key);
        rows.set(own, { ...row, fields: row.fields.toSpliced(keyAt, 1) });
        cells += row.fields.length;
        for (const name in row.arrays) cells += row.arrays[name]!.values.length;
        if (cells > mostHeld)
          throw malformed(file, row.line, `more than ${mostHeld} cells on the side of a join that is held`, key);
      }
    return { rows, names: source.names.toSpliced(keyAt, 1), keyAt };
  } finally {
    await source.close();
  }
}

function positionOf({ names, files }: TableSource, name: string): number {
  const position = names.indexOf(canonicalText(name));
  if (position < 0)
    throw new FedwardError('DATA_MALFORMED', `${files[0]}: no column is named "${name}" to join by`, name);
  return position;
}
