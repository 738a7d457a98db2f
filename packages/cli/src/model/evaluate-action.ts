import { FedwardError } from '@fedward/core';
import { evaluate, evaluateSubgroups, type EvaluationOptions } from '@fedward/metrics-clinical';
import {
  classesOf,
  countsJson,
  parseGroupBy,
  predictFile,
  thresholdOf,
  warningsOfFile,
  type BundleManifest,
  type FileWarning,
} from '@fedward/model-bundle';
import { printJson, printLine } from '../terminal/output.js';
import { printFigures, printSubgroups } from './figures-table.js';
import { openModel, sayNotices, trainedWords, type OwnerFlags } from './opened-model.js';
import { rowProgress } from './row-progress.js';
import { rowsWords } from './rows-words.js';

/** `fedward model evaluate` as commander has parsed it. */
export interface EvaluateFlags extends OwnerFlags {
  readonly threshold?: number;
  readonly prevalence?: number;
  readonly operatingPoint?: number;
  readonly horizon?: number;
  /** Columns, with bands of numbers where they have numbers. */
  readonly by?: readonly string[];
}

/** How good a model is on a labelled file. */
export async function evaluateAction(path: string, file: string, flags: EvaluateFlags): Promise<void> {
  const by = (flags.by ?? []).map(parseGroupBy);
  const opened = await openModel(path, file, flags);
  const { bundle, request, notices, known } = opened;
  const { manifest } = bundle;
  if (!flags.json) sayNotices(opened);
  const { predictions, groups, rows } = await predictFile(bundle, request, { by, onRows: rowProgress() });
  if (rows.scored === 0)
    throw new FedwardError('DATA_EMPTY', `${file}: no row can be scored. ${rowsWords(rows).join('; ')}`, file);
  const options = optionsOf(manifest, flags);
  const evaluation = evaluate(predictions, options);
  const subgroups = evaluateSubgroups(predictions, groups, options);
  const asked = rows.read - rows.ofOtherPart;
  const trained: FileWarning[] =
    known && flags.part !== 'test' ? [{ code: 'TRAINED_ON', message: trainedWords(known) }] : [];
  const classes = predictions.classes ? classesOf(manifest).length : 1;
  const warnings = [...trained, ...warningsOfFile(predictions, evaluation, { scored: rows.scored, asked }, classes)];
  const own = manifest.evaluation;
  if (flags.json)
    return printJson({
      ...evaluation,
      ...(subgroups.length > 0 && { subgroups }),
      ...{ model: { sha256: bundle.sha256 }, file, rows: countsJson(rows), warnings, notices },
      ...(own && { ownTest: own }),
    });
  for (const line of rowsWords(rows)) printLine(line);
  const { records, patients, events } = evaluation;
  printLine(
    `${records} records of ${patients} patients${events === undefined ? '' : `, ${events} ${manifest.task === 'survival' ? 'with the event' : `of class ${classesOf(manifest)[1]}`}`}`,
  );
  if (manifest.task === 'binary') printLine(thresholdWords(manifest, flags));
  printFigures(evaluation, own?.figures);
  printSubgroups(subgroups);
  for (const { message } of warnings) printLine(`  ${message}`);
}

function optionsOf(
  { evaluationSettings, baseline, threshold, task }: BundleManifest,
  flags: EvaluateFlags,
): EvaluationOptions {
  const { prevalence, operatingPoint, horizon } = { ...evaluationSettings, ...defined(flags) };
  return {
    ...(task === 'binary' && { threshold: flags.threshold ?? thresholdOf({ threshold }) }),
    ...{ prevalence, operatingPoint, horizon },
    ...(baseline && { baseline }),
  };
}

function defined({ prevalence, operatingPoint, horizon }: EvaluateFlags) {
  return {
    ...(prevalence !== undefined && { prevalence }),
    ...(operatingPoint !== undefined && { operatingPoint }),
    ...(horizon !== undefined && { horizon }),
  };
}

function thresholdWords({ threshold }: BundleManifest, flags: EvaluateFlags): string {
  if (flags.threshold !== undefined) return `Threshold ${flags.threshold}, by --threshold`;
  return `Threshold ${thresholdOf({ threshold })}, ${threshold ? `${threshold.rule} (${threshold.on})` : 'the default'}`;
}
