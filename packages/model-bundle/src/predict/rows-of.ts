import { FedwardError, hasCode } from '@fedward/core';
import { openRows, type OpenedRows, type Preprocessing, type SourceSpec } from '@fedward/data-medical';
import { canonicalText, columnsRead, type TableSchema } from '@fedward/kit-tables';

/** What is looked at in a file beside the features. */
export interface Looked {
  /** Whether the label is. */
  readonly labelled: boolean;
  /** Whether what parts records into training and test part is. */
  readonly parted: boolean;
}

/** A file that a model's records are read from, and the schema by which. */
export interface ModelRows {
  readonly source: OpenedRows;
  /** Without what is not looked at, or not there and not needed. */
  readonly schema: TableSchema;
}

/**
 * Opens a file of records for a model.
 *
 * @param plain true where features have no scales and no names of the schema's own: a file without names is then read in order
 * @throws {FedwardError} as `openSource`
 */
export async function openModelRows(
  path: string,
  { schema: all }: Preprocessing,
  spec: SourceSpec,
  { labelled, parted }: Looked,
  plain: boolean,
): Promise<ModelRows> {
  // Groups that a schema declares were judged in the run: a file need not have their columns.
  const { time, split, site: _site, patientId, subgroups: _subgroups, ...needed } = all;
  const schema: TableSchema = { ...needed, ...(parted && { ...(time && { time }), ...(split && { split }) }) };
  const wanted = columnsRead(schema, labelled);
  const source = await opened(path, schema, spec, wanted, plain);
  const withId = patientId !== undefined && source.names.includes(canonicalText(patientId));
  if (parted && patientId !== undefined && !withId) {
    await source.close();
    throw new FedwardError(
      'DATA_MALFORMED',
      `${path}: there is no column "${patientId}": by the patient a record's part is told`,
      patientId,
    );
  }
  return { source, schema: withId ? { ...schema, patientId } : schema };
}

async function opened(path: string, schema: TableSchema, spec: SourceSpec, wanted: readonly string[], plain: boolean) {
  try {
    return await openRows(path, schema, spec, wanted);
  } catch (error) {
    // A first line of numbers is a row, where nobody gave the columns names.
    if (!plain || !hasCode(error, 'DATA_MALFORMED') || spec.csv?.header !== undefined) throw error;
    return await openRows(path, schema, { ...spec, csv: { ...csvDefaults, ...spec.csv, header: [...wanted] } }, wanted);
  }
}

const csvDefaults = { missing: ['', '?', 'NA', 'N/A', 'null', 'NULL'], decimal: '.' as const };
