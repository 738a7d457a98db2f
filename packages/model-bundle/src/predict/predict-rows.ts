import { assertNotAborted } from '@fedward/core/training';
import { isFedwardError, outputSize, type LocalTrainer, type TrainingData } from '@fedward/core';
import { rowPreparer, rowSides, type Preprocessing, type SplitRule } from '@fedward/data-medical';
import {
  canonicalText,
  cellsIn,
  declaredImputer,
  emptyRow,
  isBlank,
  noValueIn,
  place,
  textRowReader,
  type Row,
} from '@fedward/kit-tables';
import type { ModelBundle } from '../bundle.js';
import { openModelRows } from './rows-of.js';

/** Why a row has no prediction. */
export interface Unscored {
  /** In words that are the same for all rows of its kind, such as `no value in chol`; never what a cell holds. */
  readonly reason: string;
  /** The column at fault, where it is one. */
  readonly column?: string;
}

/** Some rows of a file, in its order. */
export interface PredictedRows {
  /** [count]: line of the file on which each begins, from 1 on. */
  readonly lines: readonly number[];
  /** [count]; absent where the file has none. */
  readonly patientIds?: readonly string[];
  /** By position among these rows. */
  readonly unscored: ReadonlyMap<number, Unscored>;
  /** [scored]: the positions of the others, ascending. */
  readonly scored: Uint32Array;
  /** [scored, width] logits, values or log hazards. */
  readonly outputs: Float32Array;
  /** [scored]; NaN where the label was not looked at. */
  readonly labels: Float32Array;
  /** Rows that belong to the part that was not asked for: they are in none of the above. */
  readonly ofOtherPart: number;
}

/** What is to be predicted, and how. */
export interface PredictRequest {
  /** A file of any format that the study's schema reads, or a folder where the format is one. */
  readonly path: string;
  /** What is done to a record before the model sees it (see `preprocessingOf`). */
  readonly preprocessing: Preprocessing;
  readonly trainer: Pick<LocalTrainer, 'predict'>;
  /** Whether labels are read: then a row without one is not scored. Default false: the column need not be there. */
  readonly labelled?: boolean;
  /** Only the rows of one part, by the rule of the run that trained the model. */
  readonly part?: { readonly testing: boolean; readonly rule: SplitRule };
  /** Called for each row that is scored, before the next is read: for groups of records. Not to be kept. */
  readonly onScored?: (row: Row) => void;
  readonly signal?: AbortSignal;
}

/** Rows whose features are in memory at a time. */
const rowsAtATime = 4096;
/** An example is more where it is an image: so many values at a time. */
const valuesAtATime = 2 ** 22;

/**
 * Predicts a file row by row: memory does not grow with its length. Each row of the file is told of, scored or not, in order;
 * rows of another part are counted alone.
 *
 * @throws {FedwardError} as `openSource` and `rowPreparer`; DATA_MALFORMED for what is wrong with the file and not with one
 *   of its rows, such as a column that is not there or a quotation mark that is never closed; ABORTED
 */
export async function* predictRows(
  { manifest, weights }: ModelBundle,
  request: PredictRequest,
): AsyncGenerator<PredictedRows> {
  const { path, preprocessing, trainer, labelled = false, part, onScored, signal } = request;
  const { model, source: spec } = manifest;
  const parted = part !== undefined;
  const byContent = parted && preprocessing.schema.patientId === undefined && !preprocessing.schema.split;
  const looked = { labelled: labelled || byContent, parted };
  const { source, schema } = await openModelRows(path, preprocessing, spec, looked, manifest.preprocessing === null);
  try {
    if (source.names.length === 0) return;
    const read = textRowReader(schema, source.names, { ...spec.csv, file: path, labelled: looked.labelled });
    const declared = declaredImputer(schema);
    const isTested = part && rowSides(schema, part.rule);
    const preparer = rowPreparer(preprocessing);
    const idAt = schema.patientId === undefined ? -1 : source.names.indexOf(canonicalText(schema.patientId));
    const chunk = Math.max(1, Math.min(rowsAtATime, Math.floor(valuesAtATime / preparer.width)));
    const row = emptyRow(schema.columns.length, cellsIn(schema.columns));
    const batch = new Batch(chunk, preparer.width, idAt >= 0);
    const predicted = async (): Promise<PredictedRows> => {
      if (signal) assertNotAborted(signal);
      const data: TrainingData = batch.data(preparer.featureShape);
      const outputs = data.count === 0 ? new Float32Array(0) : await trainer.predict(model, weights, data);
      if (outputs.length !== data.count * outputSize(model))
        throw new Error('a trainer gave another number of outputs');
      return batch.take(outputs);
    };
    for await (const rows of source.rows)
      for (const text of rows) {
        const found = ((): Unscored | 'other part' | undefined => {
          try {
            const reason = read(text, row) ?? declared.impute(row);
            if (reason !== undefined) return { reason };
            if (looked.labelled && Number.isNaN(row.label)) return { reason: noValueIn(schema.label.name) };
            if (schema.time && Number.isNaN(row.time)) return { reason: noValueIn(schema.time.column) };
            if (isTested && isTested(row) !== part.testing) return 'other part';
            const unprepared = preparer.prepare(row, batch.features, batch.at);
            return unprepared === undefined ? undefined : { reason: unprepared };
          } catch (error) {
            return unscoredBy(error, path, text.line);
          }
        })();
        if (found === 'other part') batch.skip();
        else {
          const id = idAt < 0 ? undefined : canonicalText(text.fields[idAt]!);
          if (found === undefined) onScored?.(row);
          batch.add(text.line, isBlank(text) ? '' : id, found, labelled ? row.label : NaN);
        }
        if (batch.isFull) yield await predicted();
      }
    if (!batch.isEmpty) yield await predicted();
  } finally {
    await source.close();
  }
}

/** What is wrong with one row ends that row and not the file. */
function unscoredBy(error: unknown, file: string, line: number): Unscored {
  if (!isFedwardError(error) || !ofRows.includes(error.code)) throw error;
  const { message, subject } = error;
  const column = subject !== undefined && message.startsWith(place(file, line, subject)) ? subject : undefined;
  const at = `${place(file, line, column)}: `;
  const what = message.startsWith(at) ? message.slice(at.length) : message;
  return { reason: column === undefined ? what : `${column}: ${what}`, ...(column !== undefined && { column }) };
}

const ofRows: readonly string[] = ['DATA_MALFORMED', 'DATA_NOT_FINITE', 'LABEL_INVALID'];

/** Rows on their way to the model. */
class Batch {
  readonly features: Float32Array;
  #lines: number[] = [];
  #patientIds: string[] = [];
  #unscored = new Map<number, Unscored>();
  readonly #scored: Uint32Array;
  readonly #labels: Float32Array;
  #count = 0;
  #other = 0;

  constructor(
    private readonly rows: number,
    private readonly width: number,
    private readonly withIds: boolean,
  ) {
    this.features = new Float32Array(rows * width);
    this.#scored = new Uint32Array(rows);
    this.#labels = new Float32Array(rows);
  }

  /** Where the features of the next row go. */
  get at(): number {
    return this.#count * this.width;
  }

  get isFull(): boolean {
    return this.#lines.length + this.#other >= this.rows;
  }

  get isEmpty(): boolean {
    return this.#lines.length + this.#other === 0;
  }

  skip(): void {
    this.#other++;
  }

  add(line: number, patientId: string | undefined, unscored: Unscored | undefined, label: number): void {
    const position = this.#lines.length;
    this.#lines.push(line);
    if (this.withIds) this.#patientIds.push(patientId ?? '');
    if (unscored) this.#unscored.set(position, unscored);
    else {
      this.#scored[this.#count] = position;
      this.#labels[this.#count++] = label;
    }
  }

  data(featureShape: readonly number[]): TrainingData {
    const count = this.#count;
    return {
      ...{ count, featureShape },
      features: this.features.subarray(0, count * this.width),
      labels: this.#labels.subarray(0, count),
    };
  }

  /** What came of them; the next rows begin anew. */
  take(outputs: Float32Array): PredictedRows {
    const taken: PredictedRows = {
      lines: this.#lines,
      ...(this.withIds && { patientIds: this.#patientIds }),
      unscored: this.#unscored,
      scored: this.#scored.slice(0, this.#count),
      outputs,
      labels: this.#labels.slice(0, this.#count),
      ofOtherPart: this.#other,
    };
    this.#lines = [];
    this.#patientIds = [];
    this.#unscored = new Map();
    this.#count = this.#other = 0;
    return taken;
  }
}
