import { FedwardError } from '@fedward/core';
import type { TableSource, TextRow } from '@fedward/kit-tables';

/** A part of a table, opened when its turn comes. */
export interface SourcePart {
  open(): Promise<TableSource>;
  /** What the further column says of its rows. */
  readonly set: string | undefined;
}

/**
 * Parts with the same columns, in whatever order, as one source.
 * @param column the further column, which says whose part a row is of
 * @throws {FedwardError} DATA_MALFORMED, now or while rows are read, for a part with other columns than the first
 */
export async function concatenated(parts: readonly SourcePart[], column: string | undefined): Promise<TableSource> {
  const [first, ...others] = parts;
  const start = await first!.open();
  const files = [...start.files];
  const remarks: string[] = [];
  let open: TableSource | undefined = start;
  const names = column === undefined ? start.names : [...start.names, column];

  async function* rows(): AsyncGenerator<readonly TextRow[]> {
    yield* rowsOf(start, (fields) => fields, first!.set);
    for (const part of others) {
      open = await part.open();
      files.push(...open.files);
      yield* rowsOf(open, rearranged(open, start.names), part.set);
    }
  }

  async function* rowsOf(source: TableSource, arrange: (fields: readonly string[]) => readonly string[], set?: string) {
    for await (const batch of source.rows)
      yield batch.map((row) => {
        const fields = arrange(row.fields);
        return { ...row, fields: column === undefined ? fields : [...fields, set ?? ''] };
      });
    remarks.push(...(source.remarks?.() ?? []));
    await source.close();
  }

  return {
    names,
    rows: rows(),
    ...(start.notes && { notes: start.notes }),
    remarks: () => remarks,
    files,
    close: async () => open?.close(),
  };
}

function rearranged(source: TableSource, names: readonly string[]): (fields: readonly string[]) => readonly string[] {
  if (source.names.length === names.length && source.names.every((name, i) => name === names[i]))
    return (fields) => fields;
  const at = names.map((name) => source.names.indexOf(name));
  const absent = names.filter((_, i) => at[i]! < 0);
  if (absent.length > 0)
    throw new FedwardError(
      'DATA_MALFORMED',
      `${source.files[0]}: no column is named ${absent
        .slice(0, 5)
        .map((name) => `"${name}"`)
        .join(', ')}, as in the file before it`,
      absent[0],
    );
  return (fields) => at.map((i) => fields[i]!);
}
