import { FedwardError, isTrainingPlan, layoutOf, outputSize, sameLayout, type TrainingPlan } from '@fedward/core';
import { declaredPreprocessing, declaresImputation, readStudySchema, type StudySchema } from '@fedward/data-medical';
import { readBytes } from '@fedward/kit-files';
import { featuresOf, isArray, undeclaredColumns } from '@fedward/kit-tables';
import { decodeWeights, encodeBundle, parseManifest, type BundleManifest } from '@fedward/model-bundle';
import type { Study } from '@fedward/transport-nats';
import packageJson from '../../package.json' with { type: 'json' };
import type { StudyResult } from '../studies/study-result.js';

/** Of `bundleOfStudy`. */
export interface StudyModel {
  readonly study: Study;
  readonly result: StudyResult;
  /** The study's model.safetensors: weights alone. */
  readonly weights: string;
  /** The schema by which the hospitals read their tables. */
  readonly schema: string;
}

/**
 * A study's model as one file that `fedward model` takes: weights, spec, schema, preprocessing. The coordinator never has a
 * record: scales come from the schema alone, and where hospitals fitted their own, whoever uses the model fits its own too.
 *
 * @throws {FedwardError} FILE_NOT_FOUND; CONFIG_INVALID for what is no schema; CONFIG_INCOMPATIBLE for one that makes other
 *   inputs than the model takes
 */
export async function bundleOfStudy({ study, result, weights: file, schema: path }: StudyModel): Promise<Uint8Array> {
  const schema = await readStudySchema(path);
  const { plan } = study;
  if (!isTrainingPlan(plan)) throw new FedwardError('CONFIG_INCOMPATIBLE', 'the study trained no model', study.id);
  assertFits(plan, schema, path);
  const { weights } = decodeWeights(await readBytes(file, { mostBytes: 2 ** 32 }));
  if (!sameLayout(weights.layout, layoutOf(plan.model)))
    throw new FedwardError('FILE_INVALID', `${file} does not hold the weights of the plan's model`, file);
  return encodeBundle({ manifest: manifestOf(study, plan, result, schema), weights });
}

function manifestOf(
  study: Study,
  { model, about }: TrainingPlan,
  { simulationOnly, planHash, privacy }: StudyResult,
  { schema, source, about: { evaluation: declared } }: StudySchema,
): BundleManifest {
  const { threshold, ...settings } = declared ?? {};
  const { label } = schema;
  const classes = label.kind === 'class' ? label.classes.map(({ name }) => name) : undefined;
  const binary = model.loss !== 'squared-error' && model.loss !== 'cox' && outputSize(model) <= 2;
  const manifest: Record<keyof BundleManifest, unknown> = {
    ...{ bundleVersion: 1, title: study.name, software: `fedward ${packageJson.version}`, runId: study.id },
    ...{ planHash, simulationOnly, model, task: taskOf(model.loss, binary) },
    label: { name: label.name, ...('unit' in label && { unit: label.unit }), ...(classes && { classes }) },
    features: schema.columns.some(isArray) ? [] : featuresOf(schema.columns).map(({ name }) => name),
    preprocessing: preprocessingOf(schema),
    source,
    threshold: binary
      ? typeof threshold === 'number'
        ? { value: threshold, on: 'declared', rule: 'declared before the study' }
        : { value: 0.5, on: 'default', rule: 'the more probable of the two classes' }
      : null,
    evaluationSettings: settings,
    baseline: null,
    intendedUse: about?.intendedUse ?? null,
    privacy: privacyWords(privacy),
    evaluation: null,
  };
  return parseManifest(manifest);
}

/** Equal at all hospitals where the schema declares all of it; else every user fits its own. */
function preprocessingOf(schema: StudySchema['schema']): BundleManifest['preprocessing'] {
  const declared = declaredPreprocessing(schema);
  const fitted = undeclaredColumns(schema).length > 0 || declaresImputation({ schema });
  if (!fitted) return { all: declared, hospitals: {} };
  return { all: null, hospitals: {}, unfitted: { ...declared, scalings: declared.scalings.map(() => null) } };
}

function taskOf(loss: TrainingPlan['model']['loss'], binary: boolean): BundleManifest['task'] {
  if (loss === 'squared-error') return 'value';
  if (loss === 'cox') return 'survival';
  return binary ? 'binary' : 'classes';
}

function privacyWords(privacy: StudyResult['privacy']): string[] {
  if (!privacy) return [];
  const { epsilon, delta, unit, protects, assumptions } = privacy;
  const bound = epsilon === null ? 'no finite epsilon' : `epsilon ${epsilon} at delta ${delta}`;
  return [`${bound} for a ${unit}, of ${protects}`, ...assumptions.map((words) => `takes for granted: ${words}`)];
}

function assertFits({ model }: TrainingPlan, { schema }: StudySchema, path: string): void {
  if (schema.columns.some(isArray)) return;
  const made = featuresOf(schema.columns).length;
  const taken = model.inputShape.reduce((product, n) => product * n, 1);
  if (made === taken) return;
  const message = `--schema: ${path} makes ${made} features, and the study's model takes ${taken}: name the schema that the hospitals read their tables by`;
  throw new FedwardError('CONFIG_INCOMPATIBLE', message, '--schema');
}
