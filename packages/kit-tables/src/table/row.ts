/** One row on its way from step to step: the next is written over it. */
export interface Row {
  /**
   * [cells], in the order of the schema's columns: a number, days, the position of a level; of an array each of its
   * numbers (see `cellsOf`). NaN where nothing is.
   */
  values: Float64Array;
  /** [columns]: 1 where the source had no value, also once a step has filled one in. */
  missing: Uint8Array;
  /** [columns]: 1 where the source had a number beyond what the column allows, and the column says what that does. */
  outside: Uint8Array;
  /** The number of its class, or its value; NaN where it has none. */
  label: number;
  /** Line of the source on which it begins, from 1 on. */
  line: number;
  /** Where the schema names the column. */
  patientId: string | undefined;
  /** Where the schema names the column. */
  site: string | undefined;
  /** Where the schema names the column (see its `time`); NaN where the row has none. */
  time: number | undefined;
  /** Where the data bring their split: whether the row is for testing. */
  testing: boolean | undefined;
  /** [subgroups of the schema]: to which level of each the row belongs; 255: not known. */
  groups: Uint8Array;
}

/**
 * A row that holds nothing yet.
 * @param columns number of columns
 * @param cells number of values, where it is another
 * @param groups number of subgroups
 */
export function emptyRow(columns: number, cells: number = columns, groups = 0): Row {
  return {
    values: new Float64Array(cells).fill(NaN),
    missing: new Uint8Array(columns),
    outside: new Uint8Array(columns),
    label: NaN,
    line: 0,
    patientId: undefined,
    site: undefined,
    time: undefined,
    testing: undefined,
    groups: new Uint8Array(groups).fill(255),
  };
}

/** Why a row is left out that lacks a value. */
export function noValueIn(column: string): string {
  return `no value in ${column}`;
}
