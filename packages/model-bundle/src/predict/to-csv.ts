import type { BundleManifest } from '../manifest.js';
import { answersOf } from './answers.js';
import { cell } from './cell.js';
import type { PredictedRows } from './predict-rows.js';
import { addRows, type ScoredCounts } from './scored-counts.js';

/** What goes into a file of predictions. */
export interface CsvOutOptions {
  /** Whether patient ids go in, where there are any. Default true. */
  readonly patientIds?: boolean;
  /** Of two classes; default the bundle's own. */
  readonly threshold?: number | undefined;
  /** Told after each piece: how many rows there were so far. */
  readonly onRows?: (rows: number) => void;
}

/**
 * Predictions as CSV (RFC 4180, `\n`), a line for each row that was asked for, in order: the line it has in its file, the
 * patient, numbers, the predicted class, and why there is none. Names of patients, classes and columns are others' text: a
 * cell of text that a spreadsheet would take for a formula begins with an apostrophe.
 *
 * @param counts filled as rows go by
 */
export async function* predictionsCsv(
  manifest: BundleManifest,
  rows: AsyncIterable<PredictedRows>,
  counts: ScoredCounts,
  { patientIds: withIds = true, threshold, onRows }: CsvOutOptions = {},
): AsyncGenerator<string> {
  const { names, classes, read } = answersOf(manifest, threshold);
  const classCells = classes?.map(cell);
  const values = new Float64Array(names.length);
  const empty = ','.repeat(names.length + (classes ? 1 : 0));
  const head = (ids: boolean): string =>
    [
      'line',
      ...(ids ? ['patient_id'] : []),
      ...names.map(cell),
      ...(classes ? ['predicted_class'] : []),
      'not_scored',
    ].join(',') + '\n';
  let begun = false;
  for await (const some of rows) {
    const { lines, unscored, outputs, scored, patientIds } = some;
    const ids = withIds ? patientIds : undefined;
    let text = begun ? '' : head(ids !== undefined);
    begun = true;
    const width = scored.length === 0 ? 0 : outputs.length / scored.length;
    let next = 0;
    for (let i = 0; i < lines.length; i++) {
      text += lines[i]!;
      if (ids) text += `,${cell(ids[i]!)}`;
      const why = unscored.get(i);
      if (why) text += `${empty},${cell(why.reason)}\n`;
      else {
        const predicted = read(outputs.subarray(next * width, (next + 1) * width), values);
        next++;
        for (let j = 0; j < values.length; j++) text += `,${values[j]!}`;
        text += classCells ? `,${classCells[predicted]!},\n` : ',\n';
      }
    }
    addRows(counts, some);
    onRows?.(counts.read);
    if (text !== '') yield text;
  }
  if (!begun) yield head(false);
}
