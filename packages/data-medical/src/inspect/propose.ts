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

export interface ProposalQuestion {
  /** The column to propose as the label; default: the last that can be one. */
  readonly label: string | undefined;
  /** The column that tells patients apart. */
  readonly patientId: string | undefined;
  readonly minimumPatients: number;
  readonly rows: number;
}

/**
 * A schema by which the rows can be read as they are.
 * @throws {FedwardError} ARGUMENT_INVALID for a label that is no column, or could not be a label
 */
export function propose(
  columns: readonly KnownColumn[],
  { label: labelName, patientId, minimumPatients, rows }: ProposalQuestion,
): Proposal {
  const reasons = new Map(columns.map((column) => [column, whyNot(column, patientId, minimumPatients, rows)]));
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
  const split = splitOf(usable.filter((column) => column !== label));
  const others = usable.filter((column) => column !== label && column !== split?.column);
  const array = others.find(({ kind }) => kind === 'array');
  const features = array ? [array] : others;
  if (array)
    for (const { name } of others)
      if (name !== array.name)
        leftOut.push({ column: name, why: `stands beside "${array.name}", and a model has one input` });
  if (!label || features.length === 0) return { leftOut };
  const feature = filledIn(features, rows);
  const proposal: TableSchemaInput = {
    columns: features.map((column) => {
      const { kind } = column;
      if (column.array) return { ...named(column), ...arrayColumn(column.array) };
      const levels = levelsOf(column);
      if (kind === 'binary') return { ...feature(column, 'mode'), kind, levels: [levels[0]!, levels[1]!] };
      return kind === 'categorical'
        ? { ...feature(column, 'mode'), kind, levels }
        : { ...feature(column, 'mean'), kind: 'numeric' as const };
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
    ...subgroupsAmong(features),
    ...(split && { split: { column: split.column.name, test: split.test } }),
  };
  return { proposedSchema: parseWith(tableSchema, proposal, 'the proposed schema'), leftOut };
}

/** Where bands of ages end: young adults, the middle-aged, the old and the very old. */
const ageBands = [40, 60, 80];

/** Columns by whose values a reader asks whether the model serves all patients alike. */
function subgroupsAmong(features: readonly KnownColumn[]): Pick<TableSchemaInput, 'subgroups'> {
  const subgroups = features.flatMap(({ name, kind }) => {
    if (/^(sex|gender)$/i.test(name) && (kind === 'binary' || kind === 'categorical')) return [{ column: name }];
    return /^age([ _-]?(years|at[ _-]?\w+))?$/i.test(name) && kind === 'numeric'
      ? [{ column: name, bands: [...ageBands] }]
      : [];
  });
  return subgroups.length > 0 ? { subgroups } : {};
}

/** A column that says which rows are for testing, as published data sets have it. */
function splitOf(columns: readonly KnownColumn[]) {
  const column = columns.find(({ name }) => /^(set|split|subset|partition)$/i.test(name));
  const test = (column?.levels ?? []).filter((level) => /^test(ing)?$/i.test(String(level)));
  return column && test.length > 0 ? { column, test } : undefined;
}

/** Both sides of an array of two dimensions that may be an image's. */
const leastSide = 8;

/** An array by its shape: numbers in a row, a recording, or an image, whose bytes are scaled as bytes are. */
function arrayColumn({ shape, lowest, highest }: NonNullable<KnownColumn['array']>) {
  const bytes = lowest >= 0 && highest <= 255 && highest > 1;
  const range = bytes ? { range: [0, 255] as const } : {};
  const [a, b, c] = shape;
  if (c !== undefined) return { kind: 'image' as const, shape: [a!, b!, c] as const, ...range };
  if (b === undefined) return { kind: 'vector' as const, shape: [a!] as const, ...range };
  return a! >= leastSide && b >= leastSide
    ? { kind: 'image' as const, shape: [a!, b, 1] as const, ...range }
    : { kind: 'signal' as const, shape: [a!, b] as const, ...range };
}

/** Share of the rows without a value from which on a column says little. */
const mostMissing = 0.9;
/** Share of the rows that a draft leaves out at most for what they lack. */
const mostLeftOut = 0.1;

/** A label is never filled in, nor is an array. */
function named({ name, missing }: InspectedColumn) {
  return { name, ...(missing > 0 && { missing: 'drop-row' as const }) };
}

/**
 * What a draft does where features lack values: the rows are left out where they are few; where they would be many, each
 * column is filled in by what is usual, with a feature that says where.
 */
function filledIn(features: readonly KnownColumn[], rows: number) {
  const complete = features.reduce((share, { missing }) => share * (1 - missing / rows), 1);
  const many = 1 - complete > mostLeftOut;
  return <M extends 'mean' | 'mode'>({ name, missing }: KnownColumn, method: M) => ({
    name,
    ...(missing > 0 && { missing: many ? { impute: method, indicator: true } : ('drop-row' as const) }),
  });
}

/** 0 and 1 are proposed together whichever of them occur here: at another hospital both may. */
function levelsOf({ levels = [], zeroOrOne }: KnownColumn) {
  return zeroOrOne ? [0, 1] : [...levels];
}

/** Why a column is not proposed, as the end of a sentence; undefined where it can be. */
function whyNot(
  column: KnownColumn,
  patientId: string | undefined,
  minimumPatients: number,
  rows: number,
): string | undefined {
  const { name, kind, notNumbers, levels = [], levelsNotShown = 0, zeroOrOne, beyond, ambiguousCommas } = column;
  if (kind === 'empty') return 'holds nothing';
  if (column.array?.oneShape === false)
    return 'has arrays of different shapes: declare the one that all are brought to';
  if (name === '') return 'has no name';
  if (column.missing > mostMissing * rows)
    return `has no value in ${Math.floor((100 * column.missing) / rows)} % of the rows: declare it, and how it is filled in, if it is needed`;
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
