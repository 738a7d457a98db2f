import { FedwardError, outputSize } from '@fedward/core';
import type { Preprocessing } from '@fedward/data-medical';
import type { ModelBundle } from '../bundle.js';
import { labelOf } from '../label.js';
import { classesOf } from '../predict/answers.js';
import { plainPreprocessing } from '../predict/plain.js';
import { cell } from '../predict/cell.js';
import { holdsArray, termsOf, type CoefficientTerm } from './terms.js';

/** A linear model in the units of its columns. */
export interface Coefficients {
  /** What the linear predictors are of: `log-odds of diseased`, `log hazard`, one a class of many. */
  readonly outputs: readonly string[];
  /** [outputs] */
  readonly intercepts: readonly number[];
  readonly terms: readonly CoefficientTerm[];
  /** How a prediction comes of it, in words. */
  readonly formula: string;
}

/**
 * A model without hidden layers as a table in raw units: scales and constants are undone, levels stand by name. The linear
 * predictor of a record is the intercept, plus for each number its coefficient times the number (its logarithm where
 * `transform` says so, cut to `limits`), plus the coefficient of each level that the record has.
 *
 * @param preprocessing where each hospital fitted its own, the one to undo (see `preprocessingOf`); default the bundle's
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a model with hidden layers, for records that are arrays, and where each
 *   hospital fitted its own and none is given
 */
export function coefficients(
  { manifest, weights }: ModelBundle,
  preprocessing: Preprocessing | undefined = manifest.preprocessing
    ? (manifest.preprocessing.all ?? undefined)
    : plainPreprocessing(manifest),
): Coefficients {
  const factor = factorOf(manifest.model.layers);
  if (!preprocessing)
    throw refused(
      'each hospital scaled its records, or filled in what was missing, by its own numbers: name one of them (--hospital)',
    );
  const { schema, scalings, features } = preprocessing;
  if (holdsArray(schema.columns)) throw refused('a record of it is an array');
  const width = outputSize(manifest.model);
  const [kernel, bias] = weights.layout.tensors;
  const weight = (input: number, output: number): number =>
    factor * weights.values[kernel!.offset + input * width + output]!;
  const all = termsOf(schema.columns);
  const kept = features ?? all.map((_, j) => j);
  const intercepts = Array.from({ length: width }, (_, k) => (bias ? weights.values[bias.offset + k]! : 0));
  const terms = kept.map((j, input): CoefficientTerm => {
    const { center, spread, limit } = finite(scalings[j] ?? null);
    const own = Array.from({ length: width }, (_, k) => weight(input, k) / spread);
    own.forEach((slope, k) => (intercepts[k]! -= slope * center));
    return { ...all[j]!.about(center, spread, limit), coefficients: own };
  });
  return asAsked({ manifest, intercepts, terms, width });
}

/** Of a softmax over two classes only the difference tells: it is the log-odds of the second. */
function asAsked({
  manifest,
  intercepts,
  terms,
  width,
}: Pick<ModelBundle, 'manifest'> &
  Pick<Coefficients, 'intercepts' | 'terms'> & { readonly width: number }): Coefficients {
  const { task } = manifest;
  const label = labelOf(manifest);
  const unit = label.unit === undefined ? '' : ` (${label.unit})`;
  if (task === 'value')
    return { outputs: [`${label.name}${unit}`], intercepts, terms, formula: 'prediction = linear predictor' };
  if (task === 'survival')
    return { outputs: ['log hazard'], intercepts, terms, formula: 'hazard ratio = exp(linear predictor)' };
  const classes = classesOf(manifest);
  if (task === 'classes')
    return {
      ...{ outputs: [...classes], intercepts, terms },
      formula: 'probability of a class = exp(its linear predictor) / sum of exp(linear predictors of all classes)',
    };
  const difference = (both: readonly number[]): number[] => (width === 1 ? [...both] : [both[1]! - both[0]!]);
  return {
    outputs: [`log-odds of ${classes[1]}`],
    intercepts: difference(intercepts),
    terms: terms.map((term) => ({ ...term, coefficients: difference(term.coefficients) })),
    formula: `probability of ${classes[1]} = 1 / (1 + exp(-linear predictor))`,
  };
}

/** The table as CSV (RFC 4180): a line a term, the intercept first. */
export function coefficientsCsv({ outputs, intercepts, terms }: Coefficients): string {
  const bound = (value: number | undefined): string => (value === undefined ? '' : String(value));
  const lines = terms.map(({ column, level, missing, unit, transform, limits, coefficients: own }) => [
    ...[cell(column), missing ? 'missing' : cell(level ?? ''), cell(unit ?? ''), transform ?? ''],
    ...[bound(limits?.[0]), bound(limits?.[1]), ...own.map(String)],
  ]);
  const names = outputs.length === 1 ? ['coefficient'] : outputs.map((name) => cell(`coefficient of ${name}`));
  return [
    ['column', 'level', 'unit', 'transform', 'lowest', 'highest', ...names],
    ['(intercept)', '', '', '', '', '', ...intercepts.map(String)],
    ...lines,
  ]
    .map((line) => line.join(',') + '\n')
    .join('');
}

/** By what features are multiplied before the only layer with weights. */
function factorOf(layers: ModelBundle['manifest']['model']['layers']): number {
  let factor = 1;
  layers.forEach((layer, i) => {
    const last = i === layers.length - 1;
    if (layer.type === 'scale' && !last) factor *= layer.factor;
    else if (!(layer.type === 'dense' && last) && !(layer.type === 'dropout' && !last))
      throw refused(`it has a layer ${layer.type} beside its last one, so that no column has one coefficient`);
  });
  return factor;
}

type JsonScaling = Preprocessing['scalings'][number];

function finite(scaling: JsonScaling) {
  return {
    center: scaling?.center ?? 0,
    spread: scaling ? (scaling.spread ?? Infinity) : 1,
    limit: scaling?.limit ?? Infinity,
  };
}

function refused(why: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', `the model has no table of coefficients: ${why}`, 'model');
}
