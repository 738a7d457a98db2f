import { existsSync } from 'node:fs';
import { FedwardError } from '@fedward/core';
import { createFileAtomic } from '@fedward/kit-files';
import { findLabelDoubts, type DoubtedRecord, type LabelDoubts } from '@fedward/sim-healthcare';
import { counted } from '@fedward/sim-healthcare/report';
import { printJson, printLine } from '../terminal/output.js';

/** `fedward data doubts` as commander has parsed it. */
export interface DoubtsFlags {
  readonly schema: string;
  readonly folds?: number;
  readonly seed?: number;
  /** Where the list goes. */
  readonly out?: string;
  readonly json?: boolean;
}

/** Fewer patients than this are not counted on a screen that others may see. */
const fewest = 5;

const stays =
  'Which records are doubted is a fact about patients: the list stays at this site, and nothing of it was sent.';

/** Finds doubted labels of one site; their list goes into a file of the site and nowhere else. */
export async function doubtsAction(file: string, { schema, folds, seed, out, json }: DoubtsFlags): Promise<void> {
  // Before the training, which may be long; the file is still created by one of two callers at once.
  if (out !== undefined && existsSync(out)) throw taken(out);
  const found = await findLabelDoubts(file, {
    schema,
    ...(folds !== undefined && { folds }),
    ...(seed !== undefined && { seed }),
  });
  if (out !== undefined && !(await createFileAtomic(out, listOf(found.doubted)))) throw taken(out);
  const shown = shownOf(found);
  if (json) return printJson({ ...shown, ...(out !== undefined && { out }) });
  print(file, shown, out);
}

/** What may be shown: no record, and no count of fewer than five of them, nor a rate that gives it away. */
function shownOf({ doubted, noiseRate, accuracy, ...about }: LabelDoubts) {
  const few = doubted.length < fewest;
  const round = (share: number): number => Math.round(100 * share) / 100;
  return {
    ...about,
    majority: round(about.majority),
    accuracy: round(accuracy),
    /** Null: fewer than five. */
    doubted: few ? null : doubted.length,
    noiseRate: few ? null : noiseRate,
    usable: accuracy > about.majority,
  };
}

function print(file: string, shown: ReturnType<typeof shownOf>, out: string | undefined): void {
  const { records, model, folds, accuracy, majority, doubted, noiseRate, usable } = shown;
  printLine(
    `${file}: ${counted(records, 'record')}, ${model}, ${folds} folds; it finds the given class of ${percent(accuracy)}, ` +
      `and always saying the most common class that of ${percent(majority)}`,
  );
  if (noiseRate === null) printLine(`Fewer than ${fewest} labels are doubted.`);
  else printLine(`About ${percent(noiseRate)} of the labels look wrong: ${doubted} records are doubted.`);
  if (!usable)
    printLine(
      '  WARNING: the model is no better than the most common class. What it doubts says nothing of the labels.',
    );
  printLine("A small hospital's own model doubts more than is wrong: people have to look.");
  printLine(stays);
  if (out === undefined) printLine('--out FILE writes it, for its owner alone to read.');
  else printLine(`It is in ${out}, the most doubtful first, for its owner alone to read.`);
}

/** The most doubtful first. Ids are quoted whatever they hold. */
function listOf(doubted: readonly DoubtedRecord[]): string {
  const lines = doubted.map(({ line, patientId }) =>
    patientId === undefined ? String(line) : `${line},"${patientId.replaceAll('"', '""')}"`,
  );
  const withIds = doubted.some(({ patientId }) => patientId !== undefined);
  return [withIds ? 'line,patient_id' : 'line', ...lines, ''].join('\n');
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

function taken(path: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `--out: ${path} is there already`, '--out');
}
