import { isArray, type ArrayColumn, type TableSchema, type TableSource } from '@fedward/kit-tables';
import { folderOf, openSource } from './open.js';
import type { SourceSpec } from './spec.js';

/** Rows that a schema can be read from. */
export interface OpenedRows extends TableSource {
  /** The files that rows are in, without those that cells name. */
  readonly own: readonly string[];
}

/**
 * `openSource`, and where the schema's cells name images or recordings, with what is in them.
 * @param wanted columns that will be asked for
 * @throws {FedwardError} as `openSource`
 */
export async function openRows(
  path: string,
  { columns }: Pick<TableSchema, 'columns'>,
  spec: SourceSpec,
  wanted: readonly string[],
): Promise<OpenedRows> {
  const opened = await openSource(path, spec, wanted);
  const array = columns.find(isArray);
  const source = array && array.from === undefined ? await withFilesOf(opened, array, path, spec) : opened;
  return {
    ...source,
    get files() {
      return source.files; // grows with the cells that are read: a copy would stay what it was before the first
    },
    own: opened.files,
  };
}

/** With what cells name; readers of images and recordings are loaded for that alone. */
async function withFilesOf(
  source: TableSource,
  column: ArrayColumn,
  path: string,
  spec: SourceSpec,
): Promise<TableSource> {
  const { withArrays } = await import('./array-cells.js');
  return withArrays(source, column, await folderOf(path), spec);
}
