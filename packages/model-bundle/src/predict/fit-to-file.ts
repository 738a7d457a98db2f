import { basename } from 'node:path';
import { hasCode } from '@fedward/core';
import { fitPreprocessing, type Preprocessing } from '@fedward/data-medical';
import { readTable, textRowReader, type RowReader, type TextRow } from '@fedward/kit-tables';
import type { BundleManifest } from '../manifest.js';
import { openModelRows } from './rows-of.js';

/**
 * What a hospital that took no part fits to the rows of its own file: a pass over all of it, in memory. Labels are not looked
 * at. Rows that can't be read count for nothing, as they will have no prediction.
 *
 * @param like that of a hospital that took part: schema, and which features a screening kept
 * @throws {FedwardError} as `openSource` and `fitPreprocessing`
 */
export async function fitToFile(
  path: string,
  { source: spec }: BundleManifest,
  like: Preprocessing,
): Promise<Preprocessing> {
  const { source, schema } = await openModelRows(path, like, spec, { labelled: false, parted: false }, false);
  try {
    const read = textRowReader(schema, source.names, { ...spec.csv, file: path, labelled: false });
    const table = await readTable(basename(path), schema, source.rows, leniently(read));
    return { ...fitPreprocessing(table), schema: like.schema, features: like.features };
  } finally {
    await source.close();
  }
}

function leniently(read: RowReader<TextRow>): RowReader<TextRow> {
  return (text, row) => {
    try {
      const reason = read(text, row);
      row.label = 0; // a table leaves rows without a label out
      return reason;
    } catch (error) {
      if (hasCode(error, 'DATA_MALFORMED') || hasCode(error, 'DATA_NOT_FINITE')) return 'not readable';
      throw error;
    }
  };
}
