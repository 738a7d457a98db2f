import { assertThat, parseWith } from '@fedward/core';
import { tableSchema, type TableSchema, type TableSchemaInput } from '@fedward/kit-tables';
import type { InspectedColumn, Tally } from './tally.js';

/** A column of the file that a proposed schema does not read. */
export interface LeftOutColumn {
  /** Its name, or its place where it has none. */
  readonly column: string;
  readonly why: string;
}

/** A schema to start from, and what it does not read. */
export interface Proposal {
  /** Absent where no column could be a feature or the label. */
  readonly proposedSchema?: TableSchema;
  readonly leftOut: readonly LeftOutColumn[];
}

/** A column with what is known beyond what is shown of it. */
export interface KnownColumn extends InspectedColumn {
  readonly position: number;
  readonly zeroOrOne: boolean;
  readonly beyond: number;
  readonly ambiguousCommas: boolean;
  readonly mostlyWithUnit: boolean;
}

export function known(tally: Tally, column: InspectedColumn, position: number): KnownColumn {
  return {
    ...column,
    position,
    zeroOrOne: tally.zeroOrOne,
    beyond: tally.beyond,
    ambiguousCommas: tally.ambiguousCommas,
    mostlyWithUnit: tally.mostlyWithUnit,
  };
}

/**
 * @param labelName the column to propose as the label; default: the last that can be one
 * @param patientId the column that tells patients apart
 * @throws {FedwardError} ARGUMENT_INVALID for a label that is no column, or could not be a label
 */
export function propose(
  columns: readonly KnownColumn[],
  labelName: string | undefined,
  patientId: string | undefined,
  minimumPatients: number,
): Proposal {
  const reasons = new Map(columns.map((column) => [column, whyNot(column, patientId, minimumPatients)]));
  const usable = columns.filter((column) => reasons.get(column) === undefined && column.name !== patientId);
  const label = labelName === undefined ? usable.at(-1) : columns.find(({ name }) => name === labelName);
  const reason = label && reasons.get(label);
  assertThat(
    labelName === undefined || (label !== undefined && reason === undefined && label.kind !== 'id'),
    'label',
    `there is no column "${labelName}" that could be a label${reason === undefined ? '' : `: it ${reason}`}`,
  );
  const leftOut = columns.flatMap((column): LeftOutColumn[] => {
    const why = reasons.get(column);
    return why === undefined ? [] : [{ column: column.name || `column ${column.position + 1}`, why }];
  });
  const features = usable.filter((column) => column !== label);
  if (!label || features.length === 0) return { leftOut };
  const proposal: TableSchemaInput = {
    columns: features.map((column) => {
      const { kind } = column;
      const levels = levelsOf(column);
      if (kind === 'binary') return { ...named(column), kind, levels: [levels[0]!, levels[1]!] };
      return kind === 'categorical'
        ? { ...named(column), kind, levels }
        : { ...named(column), kind: 'numeric' as const };
    }),
    label:
      label.kind === 'numeric'
        ? { ...named(label), kind: 'value' }
        : {
            ...named(label),
            kind: 'class',
            classes: levelsOf(label).map((value) => ({ name: String(value), values: [value] })),
          },
    ...(patientId !== undefined && { patientId }),
  };
  return { proposedSchema: parseWith(tableSchema, proposal, 'the proposed schema'), leftOut };
}

function named({ name, missing }: InspectedColumn) {
  return { name, ...(missing > 0 && { missing: 'drop-row' as const }) };
}

/** 0 and 1 are proposed together whichever of them occur here: at another hospital both may. */
function levelsOf({ levels = [], zeroOrOne }: KnownColumn) {
  return zeroOrOne ? [0, 1] : [...levels];
}

/** Why a column is not proposed, as the end of a sentence; undefined where it can be. */
function whyNot(column: KnownColumn, patientId: string | undefined, minimumPatients: number): string | undefined {
  const { name, kind, notNumbers, levels = [], levelsNotShown = 0, zeroOrOne, beyond, ambiguousCommas } = column;
  if (kind === 'empty') return 'holds nothing';
  if (name === '') return 'has no name';
  if (kind === 'id') return name === patientId ? undefined : 'looks like another id';
  if (ambiguousCommas)
    return (
      'has numbers with three digits after each comma: if commas are decimal marks, say --decimal ,; if they part ' +
      'thousands, take them out'
    );
  if (kind === 'text' && column.mostlyWithUnit)
    return 'has numbers with a unit or a percent sign behind them: to be read as numbers they must be without';
  if (kind === 'text') return 'is text with many different values, or with few rows of each';
  if (kind === 'constant') return 'has one value only in this file';
  if (kind === 'mixed')
    return (
      `has ${notNumbers!.cells} ${notNumbers!.cells === 1 ? 'cell that is no number' : 'cells that are no numbers'} (the ` +
      `first on line ${notNumbers!.firstLine}): ${notNumbers!.cells === 1 ? 'correct it' : 'correct them'}, or list what stands for no value ` +
      'under "missing" in the csv section'
    );
  if (beyond > 0) return `has ${beyond} numbers that are too large: beyond 3.4e38 there is no float32`;
  if (levelsNotShown > 0 && !zeroOrOne)
    return (
      `has ${levelsNotShown} of its ${levels.length + levelsNotShown} values with fewer than ${minimumPatients} patients, ` +
      'which are not shown: declare its levels from the code book'
    );
  return undefined;
}
