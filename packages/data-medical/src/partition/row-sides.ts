import { FedwardError } from '@fedward/core';
import { rowEncoder, type Row, type TableSchema } from '@fedward/kit-tables';
import { keyedPosition } from './keyed.js';
import type { SplitRule } from './train-test.js';

/**
 * The side of each row by itself, as `sidesOf` has it for the rows of a table: whether it is tested on.
 *
 * @param rule where the data do not bring their own split
 * @returns for a row as it was read, constants of the schema filled in
 */
export function rowSides(schema: TableSchema, { testFraction, key }: SplitRule): (row: Row) => boolean {
  if (schema.split)
    return ({ testing }) => {
      if (testing !== undefined) return testing;
      throw new FedwardError('ARGUMENT_INVALID', 'a row has no side of the split that its schema names', 'testing');
    };
  const position = keyedPosition(key);
  if (schema.patientId !== undefined) return ({ patientId = '' }) => position.ofPatient(patientId) < testFraction;
  const encoder = rowEncoder(schema.columns);
  const content = new Float64Array(encoder.width + 1);
  return (row) => {
    content.set(encoder.encode(row));
    content[encoder.width] = row.label;
    return position.ofRecord(content) < testFraction;
  };
}
