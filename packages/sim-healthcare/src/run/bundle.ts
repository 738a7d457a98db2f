import type { LossName, Parameters } from '@fedward/core';
import type { Preprocessing } from '@fedward/data-medical';
import { featuresOf, isArray } from '@fedward/kit-tables';
import type { BaselineHazard, Evaluation } from '@fedward/metrics-clinical';
import { parseManifest, type BundleManifest, type ModelBundle } from '@fedward/model-bundle';
import packageJson from '../../package.json' with { type: 'json' };
import { plainWords } from '../report/plain-words.js';
import type { CheckedRun } from './checked-run.js';
import { isPriced } from './declared-evaluation.js';
import { preprocessingOf, type PreprocessingFile } from './preprocessing-file.js';
import type { SimulationResult } from './result.js';

/**
 * The final model of a run with all that it takes to use it. Where hospitals' noise is secret and has a price, nobody has
 * paid for an evaluation, nor for numbers that a hospital fitted to its records: both stay in the folder of the simulation.
 *
 * @param baseline of a Cox model
 */
export function bundleOf(
  { plan, population }: Pick<CheckedRun, 'plan' | 'population'>,
  weights: Parameters,
  result: SimulationResult,
  baseline?: BaselineHazard,
): ModelBundle {
  const { about, evaluation = {}, source = {} } = { about: plan.about, ...population };
  const { horizon } = result.final.evaluation ?? {};
  const unpaid = isPriced(plan) && !result.simulationOnly;
  const preprocessing = preprocessingOf(population);
  const manifest: Record<keyof BundleManifest, unknown> = {
    bundleVersion: 1,
    title: result.scenario,
    software: `fedward ${packageJson.version}`,
    runId: result.runId,
    planHash: result.planHash,
    simulationOnly: result.simulationOnly,
    model: plan.model,
    task: taskOf(plan.model.loss, population.classes),
    label: {
      ...(population.labelName ?? { name: 'label' }),
      ...(population.classNames && { classes: population.classNames }),
    },
    features: preprocessing ? featureNames(preprocessing) : [],
    preprocessing: preprocessing ? handedOn(preprocessing, unpaid) : null,
    source,
    threshold: result.threshold ?? null,
    evaluationSettings: {
      ...evaluation,
      ...(baseline && horizon !== undefined && { horizon }),
    },
    baseline: baseline ?? null,
    intendedUse: about?.intendedUse ?? null,
    privacy: result.privacy ? plainWords(result.privacy) : [],
    evaluation: unpaid ? null : withoutCurves(result.final.evaluation),
  };
  return { manifest: parseManifest(manifest), weights };
}

function taskOf(loss: LossName, classes: number): BundleManifest['task'] {
  if (loss === 'squared-error') return 'value';
  if (loss === 'cox') return 'survival';
  return classes > 2 ? 'classes' : 'binary';
}

/** With no number that was fitted to patients' records, where nothing has paid for it. */
function handedOn(
  { all, hospitals }: PreprocessingFile,
  unpaid: boolean,
): NonNullable<BundleManifest['preprocessing']> {
  const any = all ?? Object.values(hospitals)[0];
  const fitted = [all, ...Object.values(hospitals)].some((own) => own !== null && own.fittedOn !== 'nothing');
  if (!unpaid || !any || !fitted) return { all, hospitals };
  const { schema, features, scalings } = any;
  const unfitted: Preprocessing = {
    ...{ schemaVersion: 1, schema, features, imputation: null },
    fittedOn: 'nothing',
    scalings: scalings.map(() => null),
  };
  return { all: null, hospitals: {}, unfitted };
}

/** Of those that a screening kept; none where a record is an array. */
function featureNames({ all, hospitals }: PreprocessingFile): readonly string[] {
  const { schema, features } = all ?? Object.values(hospitals)[0]!;
  if (features === null && schema.columns.some(isArray)) return [];
  const names = featuresOf(schema.columns).map(({ name }) => name);
  return features === null ? names : features.map((position) => names[position]!);
}

/** Curves are for pictures of the run; figures go where the model goes. */
function withoutCurves(evaluation: Evaluation | undefined): Evaluation | null {
  if (!evaluation) return null;
  const { curves: _curves, ...figures } = evaluation;
  return figures;
}
