import { FedwardError } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import { countsJson, noCounts, predictionsCsv, predictRows } from '@fedward/model-bundle';
import { visible } from '@fedward/sim-healthcare/visible';
import { note, printJson, printLine } from '../terminal/output.js';
import { openModel, sayNotices, type OwnerFlags } from './opened-model.js';
import { rowProgress } from './row-progress.js';
import { rowsWords } from './rows-words.js';

/** `fedward model predict` as commander has parsed it. */
export interface PredictFlags extends OwnerFlags {
  readonly out: string;
  readonly patientIds: boolean;
  readonly threshold?: number;
}

/** Writes a prediction for each row of a file. */
export async function predictAction(path: string, file: string, flags: PredictFlags): Promise<void> {
  const { out, patientIds, threshold, json = false } = flags;
  const toStdout = out === '-';
  if (toStdout && json)
    throw new FedwardError(
      'CONFIG_INVALID',
      '--out -: stdout holds the predictions, or with --json the counts',
      '--out',
    );
  const opened = await openModel(path, file, flags);
  const { bundle, request, notices } = opened;
  sayNotices(opened);
  const counts = noCounts();
  const onRows = rowProgress();
  const csv = predictionsCsv(bundle.manifest, predictRows(bundle, request), counts, { patientIds, threshold, onRows });
  if (toStdout) await writeStdout(csv);
  else await writeFileAtomic(out, csv);
  if (json) return printJson({ model: { sha256: bundle.sha256 }, file, out, rows: countsJson(counts), notices });
  const say = toStdout ? note : printLine;
  for (const line of rowsWords(counts)) say(line);
  if (!toStdout) say(`Predictions are in ${out}.`);
}

/**
 * As they come, and no faster than they are read. To a program the very bytes; on a terminal what would talk to it, in the names
 * of classes or patients, is made visible.
 */
async function writeStdout(pieces: AsyncIterable<string>): Promise<void> {
  const shown = (piece: string): string => (process.stdout.isTTY ? piece.split('\n').map(visible).join('\n') : piece);
  for await (const piece of pieces)
    await new Promise<void>((resolve) => process.stdout.write(shown(piece), () => resolve()));
}
