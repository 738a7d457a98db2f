import { assertInteger, assertThat, canonicalJson, FedwardError, type TrainingData } from '@fedward/core';
import { featuresOf, notKnown, type Column, type RecordGroups, type RowCounts } from '@fedward/kit-tables';
import { summarize, type DatasetSummary } from './describe.js';

/** What a data set is made of. */
export interface MedicalDatasetInput {
  /** Where the records are from, for people and for messages. */
  readonly name: string;
  /** [count, ...featureShape], row after row; kept as float32. */
  readonly features: ArrayLike<number>;
  /** Shape of one example. Default: one dimension, as wide as the schema says. */
  readonly featureShape?: readonly number[];
  /** [count]: class numbers where there are `classes`, otherwise values. */
  readonly labels: ArrayLike<number>;
  /** Names of the classes, in order of their numbers; at least two. */
  readonly classes?: readonly string[];
  /** The columns that the features encode; for tables. */
  readonly schema?: readonly Column[];
  /** [count]: whose record it is. Without them each record is a patient of its own. */
  readonly patientIds?: readonly string[];
  /** What was computed from records together and used on each (see `TrainingData`): no epsilon of a record covers it. */
  readonly sharedStatistics?: string;
  /** Groups that a model is to be judged in; no part of the features. */
  readonly groups?: readonly RecordGroups[];
}

/**
 * Checks and copies what a data set is made of.
 *
 * @throws {FedwardError} DATA_EMPTY for no record; DATA_MALFORMED where lengths don't fit each other;
 * DATA_NOT_FINITE, naming record and feature, for a feature that is no finite float32; LABEL_INVALID, naming the
 * record, for a label that is no class (no finite number where there are no classes)
 */
export function createMedicalDataset(input: MedicalDatasetInput): MedicalDataset {
  const { name, labels, schema, classes, patientIds, groups = [] } = input;
  const refuse = (code: 'DATA_EMPTY' | 'DATA_MALFORMED', what: string): never => {
    throw new FedwardError(code, `data set ${name}: ${what}`, name);
  };
  const width = schema && featuresOf(schema).length;
  const featureShape = input.featureShape ?? (width === undefined ? [] : [width]);
  if (featureShape.length === 0 || !featureShape.every((n) => Number.isSafeInteger(n) && n >= 1))
    refuse('DATA_MALFORMED', `the shape of one example is [${featureShape.join(', ')}]`);
  if (width !== undefined && (featureShape.length !== 1 || featureShape[0] !== width))
    refuse('DATA_MALFORMED', `the schema has ${width} features, the shape is [${featureShape.join(', ')}]`);
  const count = labels.length;
  if (count === 0) refuse('DATA_EMPTY', 'there are no records');
  const size = sizeOf(featureShape);
  if (input.features.length !== count * size)
    refuse('DATA_MALFORMED', `${count} records of ${size} features can't be ${input.features.length} values`);
  if (patientIds && patientIds.length !== count)
    refuse('DATA_MALFORMED', `there are ${patientIds.length} patient ids for ${count} records`);
  for (const { name: group, codes, levels } of groups)
    if (codes.length !== count || codes.some((code) => code >= levels.length && code !== notKnown))
      refuse('DATA_MALFORMED', `group ${group} does not say of each of ${count} records which of its levels it has`);
  if (classes && (classes.length < 2 || new Set(classes).size !== classes.length))
    refuse('DATA_MALFORMED', `the classes are ${classes.join(', ') || 'none'}: two different ones are needed`);

  const dataset = new MedicalDataset({
    ...input,
    featureShape,
    features: Float32Array.from(input.features),
    labels: Float32Array.from(labels),
  });
  assertValues(dataset);
  return dataset;
}

function assertValues(dataset: MedicalDataset): void {
  const { name, features, labels, classes, count } = dataset;
  const at = features.findIndex((x) => !Number.isFinite(x));
  if (at >= 0) {
    const size = features.length / count;
    const feature = dataset.featureNames[at % size]!;
    throw new FedwardError(
      'DATA_NOT_FINITE',
      `data set ${name}: record ${Math.floor(at / size)}, feature ${feature}: ${features[at]} is not finite`,
      feature,
    );
  }
  const isLabel = classes
    ? (y: number) => Number.isInteger(y) && y >= 0 && y < classes.length
    : (y: number) => Number.isFinite(y);
  const wrong = labels.findIndex((y) => !isLabel(y));
  if (wrong >= 0)
    throw new FedwardError(
      'LABEL_INVALID',
      `data set ${name}: the label of record ${wrong} is ${labels[wrong]}, not ` +
        (classes ? `a class from 0 to ${classes.length - 1}` : 'a finite number'),
      'labels',
    );
}

type Parts = Omit<MedicalDatasetInput, 'features' | 'featureShape' | 'labels'> &
  Pick<TrainingData, 'features' | 'featureShape' | 'labels'>;

/**
 * Records of patients: a `TrainingData` that knows what its features mean. Nothing of it changes after it is
 * made, each method gives a new one; the arrays are not to be written to. It can be posted to a worker, where it
 * arrives as plain `TrainingData`.
 */
export class MedicalDataset implements TrainingData {
  readonly name: string;
  readonly count: number;
  readonly featureShape: readonly number[];
  readonly features: Float32Array;
  readonly labels: Float32Array;
  declare readonly patientIds?: readonly string[];
  declare readonly schema?: readonly Column[];
  declare readonly classes?: readonly string[];
  declare readonly sharedStatistics?: string;
  declare readonly groups?: readonly RecordGroups[];

  /** Takes the parts as they are, unchecked: for this package. Others use `createMedicalDataset`. */
  constructor(parts: Parts) {
    this.name = parts.name;
    this.count = parts.labels.length;
    this.featureShape = Object.freeze([...parts.featureShape]);
    this.features = parts.features;
    this.labels = parts.labels;
    if (parts.patientIds) this.patientIds = Object.freeze([...parts.patientIds]);
    if (parts.schema) this.schema = parts.schema;
    if (parts.sharedStatistics !== undefined) this.sharedStatistics = parts.sharedStatistics;
    if (parts.classes) this.classes = Object.freeze([...parts.classes]);
    if (parts.groups && parts.groups.length > 0) this.groups = parts.groups;
    Object.freeze(this);
  }

  /** A name for each of an example's features, in order; `feature i` where there is no schema. */
  get featureNames(): readonly string[] {
    return this.schema
      ? featuresOf(this.schema).map(({ name }) => name)
      : Array.from({ length: sizeOf(this.featureShape) }, (_, i) => `feature ${i}`);
  }

  /** Number of patients: of different patient ids, or of records where there are none. */
  get patients(): number {
    return this.patientIds ? new Set(this.patientIds).size : this.count;
  }

  /**
   * Some of the records, in the order given; one may occur more than once, as in a bootstrap sample.
   * @throws {FedwardError} DATA_EMPTY for no index, ARGUMENT_INVALID for one that is no record
   */
  subset(indices: ArrayLike<number>, name = this.name): MedicalDataset {
    if (indices.length === 0) throw new FedwardError('DATA_EMPTY', `data set ${name}: there are no records`, name);
    const size = sizeOf(this.featureShape);
    const features = new Float32Array(indices.length * size);
    const labels = new Float32Array(indices.length);
    const rows = Array.from(indices);
    rows.forEach((row, i) => {
      assertInteger('indices', row, 0, this.count - 1);
      features.set(this.features.subarray(row * size, (row + 1) * size), i * size);
      labels[i] = this.labels[row]!;
    });
    const { patientIds, groups } = this;
    return new MedicalDataset({
      ...this,
      name,
      features,
      labels,
      ...(patientIds && { patientIds: rows.map((row) => patientIds[row]!) }),
      ...(groups && {
        groups: groups.map((group) => ({ ...group, codes: Uint8Array.from(rows, (row) => group.codes[row]!) })),
      }),
    });
  }

  /**
   * The records from `start` up to `end`, in the same memory: nothing is copied but patient ids.
   * @throws {FedwardError} ARGUMENT_INVALID for no records or such as are not there
   */
  slice(start: number, end: number, name = this.name): MedicalDataset {
    assertInteger('end', end, 1, this.count);
    assertInteger('start', start, 0, end - 1);
    const size = sizeOf(this.featureShape);
    const { patientIds, groups } = this;
    return new MedicalDataset({
      ...this,
      name,
      features: this.features.subarray(start * size, end * size),
      labels: this.labels.subarray(start, end),
      ...(patientIds && { patientIds: patientIds.slice(start, end) }),
      ...(groups && { groups: groups.map((group) => ({ ...group, codes: group.codes.subarray(start, end) })) }),
    });
  }

  /**
   * All records with the features of some columns, in the order given.
   * @throws {FedwardError} ARGUMENT_INVALID for an unknown or a repeated column, or where there is no schema
   */
  select(columns: readonly string[]): MedicalDataset {
    const { schema } = this;
    assertThat(schema !== undefined, 'schema', `data set ${this.name} has no columns to select from`);
    assertThat(columns.length > 0, 'columns', 'no column is selected');
    assertThat(new Set(columns).size === columns.length, 'columns', 'a column is selected twice');
    const chosen = columns.map((name) => {
      const column = schema.find((candidate) => candidate.name === name);
      assertThat(column !== undefined, name, `data set ${this.name} has no column ${name}`);
      return column;
    });
    const all = featuresOf(schema);
    const sources = featuresOf(chosen).map(({ name, column }) =>
      all.findIndex((feature) => feature.name === name && feature.column === column),
    );
    const features = new Float32Array(this.count * sources.length);
    for (let row = 0; row < this.count; row++)
      sources.forEach((source, i) => {
        features[row * sources.length + i] = this.features[row * all.length + source]!;
      });
    return new MedicalDataset({ ...this, schema: chosen, featureShape: [sources.length], features });
  }

  /**
   * All records with some of their features, in the order given, as a table of numbers without columns.
   * @throws {FedwardError} ARGUMENT_INVALID for a position that is no feature
   */
  withFeatures(positions: readonly number[]): MedicalDataset {
    const width = sizeOf(this.featureShape);
    for (const position of positions) assertInteger('positions', position, 0, width - 1);
    assertThat(positions.length > 0, 'positions', 'no feature is kept');
    const features = new Float32Array(new SharedArrayBuffer(4 * this.count * positions.length));
    for (let row = 0; row < this.count; row++)
      positions.forEach((position, i) => {
        features[row * positions.length + i] = this.features[row * width + position]!;
      });
    const { name, labels, classes, patientIds, sharedStatistics, groups } = this;
    return new MedicalDataset({
      ...{ name, labels, features, featureShape: [positions.length] },
      ...(classes && { classes }),
      ...(patientIds && { patientIds }),
      ...(sharedStatistics !== undefined && { sharedStatistics }),
      ...(groups && { groups }),
    });
  }

  /**
   * These records and then those of the others. Equal patient ids are one patient afterwards: where hospitals
   * number their patients alike, make the ids different first. Groups are those that all parts have, with their levels.
   * @throws {FedwardError} ARGUMENT_INVALID where features, classes or the presence of patient ids differ
   */
  concat(...others: readonly MedicalDataset[]): MedicalDataset {
    const parts = [this, ...others];
    for (const part of others)
      for (const key of ['featureShape', 'schema', 'classes'] as const)
        assertThat(
          part[key] === this[key] || canonicalJson({ is: part[key] }) === canonicalJson({ is: this[key] }),
          key,
          `${part.name} has another ${key} than ${this.name}`,
        );
    const withIds = parts.filter(({ patientIds }) => patientIds);
    assertThat(
      withIds.length === 0 || withIds.length === parts.length,
      'patientIds',
      `only some of ${parts.map(({ name }) => name).join(', ')} have patient ids`,
    );
    const shared = parts.find(({ sharedStatistics }) => sharedStatistics !== undefined)?.sharedStatistics;
    return new MedicalDataset({
      ...this,
      ...(shared !== undefined && { sharedStatistics: shared }),
      name: parts.map(({ name }) => name).join(' + '),
      features: join(parts.map(({ features }) => features)),
      labels: join(parts.map(({ labels }) => labels)),
      ...(withIds.length && { patientIds: parts.flatMap(({ patientIds }) => patientIds!) }),
      groups: joinGroups(parts),
    });
  }

  /** Counts, class counts and the spread of each feature. A release of patients' data, were it sent away. */
  describe(): DatasetSummary {
    return summarize(this);
  }
}

function joinGroups(parts: readonly MedicalDataset[]): RecordGroups[] {
  return (parts[0]!.groups ?? []).flatMap(({ name, levels }): RecordGroups[] => {
    const own = parts.map(({ groups }) =>
      groups?.find((group) => group.name === name && group.levels.join('\n') === levels.join('\n')),
    );
    if (own.includes(undefined)) return [];
    return [{ name, levels, codes: Uint8Array.from(own.flatMap((group) => [...group!.codes])) }];
  });
}

function join(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** One hospital's records, parted into those it trains on and those it is judged on. */
export interface HospitalData {
  /** What became of the rows that its records were read from. */
  readonly rows: RowCounts;
  /** Short and stable, fit for a file name. */
  readonly id: string;
  readonly name: string;
  readonly train: MedicalDataset;
  readonly test: MedicalDataset;
}
