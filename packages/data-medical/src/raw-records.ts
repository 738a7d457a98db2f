import { MedicalDataset } from './dataset.js';
import { RowStore } from './row-store.js';
import { featuresOf, type TableSchema } from './schema.js';
import { clipped, declaredScaling, scaled, type Scaling } from './scaling.js';

/** A record that comes in beside those of a file: what its cells would have been read as. */
export interface RawRecord {
  /** [width], as recorded: not scaled. */
  readonly features: Float64Array;
  /** The number of its class, or its value. */
  readonly label: number;
  /** Left out where the schema names no patient ids. */
  readonly patientId: string;
}

/**
 * Records of a table as they were read, numbers in float64: a time written as 20240131120000 has more digits than
 * float32, and is to be scaled before it is rounded.
 */
export class RawRecords {
  readonly labels: number[] = [];
  /** Line of the file, from 1 on, on which each record begins. */
  readonly lines: number[] = [];
  /** Where the schema names them. */
  readonly patientIds: string[] | undefined;
  /** Where the schema says that the data bring their split: whether each record is for testing. */
  readonly testing: boolean[] = [];
  readonly width: number;
  readonly #features: RowStore;

  constructor(
    readonly name: string,
    readonly schema: TableSchema,
  ) {
    this.width = featuresOf(schema.columns).length;
    this.#features = new RowStore(this.width);
    this.patientIds = schema.patientId === undefined ? undefined : [];
  }

  get count(): number {
    return this.labels.length;
  }

  /** @param features [width]; copied */
  add(features: Float64Array, label: number, line: number, patientId?: string, testing?: boolean): void {
    this.#features.add(features);
    this.labels.push(label);
    this.lines.push(line);
    if (patientId !== undefined) this.patientIds!.push(patientId);
    if (testing !== undefined) this.testing.push(testing);
  }

  /** Adds records that are in no line of the file; where the data bring their split, for training. */
  join(joining: readonly RawRecord[] = []): void {
    for (const { features, label, patientId } of joining)
      this.add(features, label, 0, this.patientIds && patientId, this.schema.split && false);
  }

  /** [width]: the features of one record, to be looked at before the next is asked for. Quick in order. */
  row(row: number): Float64Array {
    return this.#features.row(row);
  }

  /** [width + 1]: the same and the label; a copy. */
  readonly content = (row: number): Float64Array => {
    const content = new Float64Array(this.width + 1);
    content.set(this.row(row));
    content[this.width] = this.labels[row]!;
    return content;
  };

  /**
   * The records in one or several data sets, features scaled and then rounded to float32. What was read goes while these
   * are made: it can be asked for once.
   *
   * @param parts of which none is to be empty
   * @param partOf the part that a record goes to
   */
  release<const P extends readonly Part[]>(
    parts: P,
    partOf: (row: number) => number,
    { scalings, sharedStatistics }: ScalingOptions,
  ): { readonly [K in keyof P]: MedicalDataset } {
    const { width, schema, patientIds } = this;
    const { columns, label } = schema;
    const declared = label.kind === 'value' ? declaredScaling(label) : undefined;
    const counts = parts.map(() => 0);
    for (let row = 0; row < this.count; row++) counts[partOf(row)]!++;
    const released = parts.map(({ name, cutLabels }, i) => ({
      name,
      features: sharedFloats(counts[i]! * width),
      labels: sharedFloats(counts[i]!),
      patientIds: [] as string[],
      cut: cutLabels ? declared : undefined,
      count: 0,
    }));
    const scaling = scalings.map((own) => own ?? asRecorded);
    for (let row = 0; row < this.count; row++) {
      const part = released[partOf(row)]!;
      const values = this.#features.take(row);
      const start = part.count * width;
      for (let j = 0; j < width; j++) part.features[start + j] = scaled(values[j]!, scaling[j]!);
      const y = this.labels[row]!;
      part.labels[part.count++] = part.cut ? clipped(y, part.cut) : y;
      if (patientIds) part.patientIds.push(patientIds[row]!);
    }
    const datasets = released.map(
      (part) =>
        new MedicalDataset({
          name: part.name,
          features: part.features,
          featureShape: [width],
          labels: part.labels,
          schema: columns,
          ...(label.kind === 'class' && { classes: label.classes.map((c) => c.name) }),
          ...(sharedStatistics !== undefined && { sharedStatistics }),
          ...(patientIds && { patientIds: part.patientIds }),
        }),
    );
    return datasets as unknown as { readonly [K in keyof P]: MedicalDataset };
  }
}

/** [length], 0: where threads can read it, so that none needs a copy. */
function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}

/** Changes no number. */
const asRecorded: Scaling = { center: 0, spread: 1, limit: Infinity };

interface Part {
  readonly name: string;
  /** Whether values that are to be predicted are cut to what the schema declares of them. */
  readonly cutLabels?: boolean;
}

interface ScalingOptions {
  /** One a feature; undefined: as recorded. */
  readonly scalings: readonly (Scaling | undefined)[];
  /** What they were computed from, where that is records. */
  readonly sharedStatistics?: string;
}

/** What each feature's column declares; undefined for one that declares nothing, or is coded. */
export function declaredScalings({ columns }: Pick<TableSchema, 'columns'>): (Scaling | undefined)[] {
  return columns.flatMap((column) => {
    if (column.kind === 'numeric') return [declaredScaling(column)];
    return featuresOf([column]).map(() => undefined);
  });
}

/**
 * The same with the mean and the deviation (n - 1) of some records, accumulated in float64 in two passes, for numeric
 * columns that declare nothing. A column that is constant there becomes 0 wherever it is applied.
 *
 * These are statistics of patients: to train on features that were scaled by them releases them.
 */
export function fittedScalings(records: RawRecords, rows: ArrayLike<number>): (Scaling | undefined)[] {
  const kinds = featuresOf(records.schema.columns).map(({ kind }) => kind);
  const declared = declaredScalings(records.schema);
  if (declared.every((scaling, j) => scaling || kinds[j] !== 'numeric')) return declared;
  const spreads = spreadsOf(records, rows);
  return declared.map((scaling, j) => scaling ?? (kinds[j] === 'numeric' ? spreads[j] : undefined));
}

/** Of each feature, record by record: features lie side by side. */
function spreadsOf(records: RawRecords, rows: ArrayLike<number>): Scaling[] {
  const { width } = records;
  const n = rows.length;
  const first = records.row(rows[0]!).slice();
  const sums = new Float64Array(width);
  const varies = new Uint8Array(width);
  for (let i = 0; i < n; i++) {
    const row = records.row(rows[i]!);
    for (let j = 0; j < width; j++) {
      sums[j]! += row[j]! - first[j]!; // less than the values themselves: a constant gives exactly 0
      if (row[j] !== first[j]) varies[j] = 1;
    }
  }
  const centers = sums.map((sum, j) => first[j]! + sum / n);
  const squares = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    const row = records.row(rows[i]!);
    for (let j = 0; j < width; j++) squares[j]! += (row[j]! - centers[j]!) ** 2;
  }
  return Array.from(centers, (center, j) =>
    // Nothing can be learned from a constant, also not from a value that it did not have here.
    varies[j]
      ? { center, spread: Math.sqrt(squares[j]! / (n - 1)), limit: Infinity }
      : { center: first[j]!, spread: Infinity, limit: Infinity },
  );
}
