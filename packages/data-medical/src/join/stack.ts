import { FedwardError } from '@fedward/core';
import { canonicalText, type TableSource, type TextRow } from '@fedward/kit-tables';

/** How sources are put one after the other. */
export interface StackOptions {
  /** A further column that says which source a row is from, such as `set`. Default: none. */
  readonly column?: string;
  /** What it holds for the rows of each source, such as `train` and `test`. */
  readonly values?: readonly string[];
}

/**
 * The rows of several sources one after the other, such as the two parts of a study in two files. Columns are found by name,
 * whatever their order; the order of the first source is kept. Nothing is held.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for no source, or another number of values than of sources; DATA_MALFORMED where
 * a source has not the columns of the first, or has one that is called as `column` is
 */
export function stackSources(sources: readonly TableSource[], { column, values = [] }: StackOptions = {}): TableSource {
  const [first] = sources;
  if (!first) throw new FedwardError('ARGUMENT_INVALID', 'there is no source to stack', 'sources');
  if (column !== undefined && values.length !== sources.length)
    throw new FedwardError('ARGUMENT_INVALID', `${values.length} values for ${sources.length} sources`, 'values');
  const orders = sources.map((source) => orderOf(source, first));
  const added = column === undefined ? [] : [canonicalText(column)];
  if (added.some((name) => first.names.includes(name)))
    throw new FedwardError('DATA_MALFORMED', `${first.files[0]} has a column "${column}" of its own`, column);

  async function* rows(): AsyncGenerator<readonly TextRow[]> {
    for (const [i, source] of sources.entries()) {
      const { order } = orders[i]!;
      const own = column === undefined ? [] : [values[i]!];
      for await (const batch of source.rows)
        yield batch.map((row) => ({ ...row, fields: [...order.map((at) => row.fields[at]!), ...own] }));
    }
  }
  const opened = rows();
  return {
    names: [...first.names, ...added],
    rows: opened,
    ...(first.notes && { notes: first.notes }),
    remarks: () => sources.flatMap((source) => source.remarks?.() ?? []),
    files: sources.flatMap(({ files }) => files),
    close: async () => {
      await opened.return(undefined);
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

/** Where the columns of the first source are in another. */
function orderOf({ names, files }: TableSource, first: TableSource): { readonly order: readonly number[] } {
  const positions = new Map(names.map((name, i) => [name, i]));
  const order = first.names.map((name, i) => (name === '' ? i : positions.get(name)));
  const absent = first.names.filter((_, i) => order[i] === undefined).length;
  if (absent > 0 || names.length !== first.names.length)
    throw new FedwardError(
      'DATA_MALFORMED',
      `${files[0]} has ${names.length} columns and lacks ${absent} of the ${first.names.length} of ${first.files[0]}: sources ` +
        'that are stacked have the same columns',
      files[0]!,
    );
  return { order: order as number[] };
}
