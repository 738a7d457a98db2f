import type { TrainingPlan } from '@fedward/core';
import type { RowCounts } from '@fedward/kit-tables';
import type { BundleManifest } from '@fedward/model-bundle';
import { counted } from '../report/counted.js';
import { rowsText } from '../report/rows-text.js';
import { isPriced } from '../run/declared-evaluation.js';
import type { SimulationResult } from '../run/result.js';
import { optedOut } from '../scenario/opted-out.js';

/** What a card and a reporting sheet are filled from. */
export interface CardSource {
  readonly result: SimulationResult;
  readonly plan: TrainingPlan;
  readonly manifest: BundleManifest;
}

/** What the plan declares that the model is for; the result has it too, where plans did not yet. */
export function aboutOf({ plan, result }: CardSource): NonNullable<TrainingPlan['about']> {
  return plan.about ?? result.about ?? {};
}

/** What it predicts, such as `disease (no, yes)` or `dose in mg`. */
export function labelText({ label }: BundleManifest): string {
  const classes = label.classes ? ` (${label.classes.join(', ')})` : '';
  return `${label.name}${label.unit === undefined ? '' : ` in ${label.unit}`}${classes}`;
}

/** What comes out of the model. */
export function outputText({ task, threshold, label }: BundleManifest): string {
  const positive = label.classes?.[1] ?? 'class 1';
  const outputs: Readonly<Record<BundleManifest['task'], string>> = {
    binary: `a probability of ${positive}`,
    classes: 'a probability of each class',
    value: 'a number',
    survival: 'a log hazard: higher means earlier',
  };
  const from =
    threshold && task === 'binary'
      ? `; called ${positive} from ${threshold.value} on (${threshold.rule}; ${threshold.on === 'training' ? 'chosen on training parts' : threshold.on})`
      : '';
  return outputs[task] + from;
}

/** How the plan moves the model at each hospital. */
export function trainingText({ training, rounds }: TrainingPlan): string {
  const { optimizer, batches } = training;
  const drawn =
    batches.kind === 'shuffle'
      ? `batches of ${batches.size}, ${batches.epochs} epochs a round`
      : batches.kind === 'steps'
        ? `batches of ${batches.size}, ${batches.steps} steps a round`
        : `Poisson batches with probability ${batches.probability}, ${batches.steps} steps a round`;
  return `${counted(rounds, 'round')}; ${optimizer.name} with learning rate ${optimizer.learningRate}; ${drawn}`;
}

/**
 * Whether figures of patients are in no epsilon, and noise is real: then they stay in the run's folder, and a card, which goes
 * where its model goes, tells none.
 */
export function isUnpaid({ plan, result }: CardSource): boolean {
  return isPriced(plan) && !result.simulationOnly;
}

/** Counts below are not told in what is handed on with a model; as in the log (a habit of statistical offices). */
const smallest = 5;

/**
 * Rows over all hospitals; undefined where a hospital does not tell, where a count is small, or where privacy is paid for
 * and counts are not.
 */
export function rowsInAll({ result }: CardSource): { read: number; used: number } | undefined {
  const { hospitals, privacy } = result;
  const rows = hospitals.flatMap((hospital) => hospital.rows ?? []);
  if (privacy || rows.length === 0 || rows.length < hospitals.length || rows.some(hasSmall)) return undefined;
  const sum = (member: 'read' | 'used') => rows.reduce((total, row) => total + row[member], 0);
  return { read: sum('read'), used: sum('used') };
}

/** As `rowsText`, without small counts, and without the number read where it would give one away. */
export function rowsToShare(rows: RowCounts): string {
  if (!hasSmall(rows)) return rowsText(rows);
  const reasons = rows.dropped.map(
    ({ reason, rows: n }) => `${toldCount(n)} ${reason === optedOut ? '' : 'with '}${reason}`,
  );
  return `${toldCount(rows.used)} rows used${reasons.length > 0 ? `; left out: ${reasons.join(', ')}` : ''}`;
}

/** A number of people, unless it is so small that it points at them. */
export function toldCount(n: number): string {
  return isSmall(n) ? `fewer than ${smallest}` : String(n);
}

/** Of so few a figure says what became of each. */
export function isSmall(patients: number): boolean {
  return patients < smallest;
}

function hasSmall({ used, dropped }: RowCounts): boolean {
  return used < smallest || dropped.some(({ rows }) => rows < smallest);
}

/** As many inputs are named; whoever needs all of them has the model file. */
const mostNamed = 30;

/** The model's inputs by name. */
export function inputsOf({ features }: Pick<BundleManifest, 'features'>): string {
  if (features.length === 0) return 'arrays';
  if (features.length <= mostNamed) return features.join(', ');
  return `${features.slice(0, mostNamed).join(', ')} and ${features.length - mostNamed} more (model.safetensors has all)`;
}
