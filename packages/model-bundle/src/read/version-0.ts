import { FedwardError, modelSpecSchema, outputSize, parseWith, type ModelSpec } from '@fedward/core';
import { decodeWeights, jsonIn, type ModelBundle } from '../bundle.js';
import { featureNamesOf } from '../features.js';
import { parseManifest, type BundleManifest } from '../manifest.js';
import { preprocessingIn } from './preprocessing-in.js';

/**
 * What fedward 0.1 left of a run: weights, with the plan's hash and the spec in the metadata, and `preprocessing.json`
 * beside it where the run's data say what is done to a record. What neither says is left open.
 *
 * @param beside the folder that the file is in
 * @throws {FedwardError} FILE_INVALID for weights alone; CONFIG_INVALID for a spec or a preprocessing that is none
 */
export async function decodeVersion0(bytes: Uint8Array, file: string, beside: string): Promise<ModelBundle> {
  const { weights, metadata } = decodeWeights(bytes);
  const { model: spec, planHash } = metadata;
  if (spec === undefined)
    throw new FedwardError('FILE_INVALID', `${file} holds weights alone, and nothing says what they are for`, file);
  const model = parseWith(modelSpecSchema, jsonIn(spec, 'model', file), `the model of ${file}`);
  const preprocessing = await preprocessingIn(beside);
  const any = preprocessing && (preprocessing.all ?? Object.values(preprocessing.hospitals)[0]);
  const label = any?.schema.label;
  const manifest: Record<keyof BundleManifest, unknown> = {
    bundleVersion: 1,
    title: 'model',
    software: 'fedward 0.1',
    runId: null,
    planHash: planHash ?? null,
    // Nothing says that noise was secret.
    simulationOnly: true,
    model,
    task: taskOf(model),
    label: {
      name: label?.name ?? 'label',
      ...(label && 'unit' in label && label.unit !== undefined && { unit: label.unit }),
      ...(label?.kind === 'class' && { classes: label.classes.map(({ name }) => name) }),
    },
    features: any ? featureNamesOf(any) : [],
    preprocessing: preprocessing ?? null,
    source: {},
    threshold: null,
    evaluationSettings: {},
    baseline: null,
    intendedUse: null,
    privacy: [],
    evaluation: null,
  };
  return { manifest: parseManifest(manifest, file), weights };
}

function taskOf(model: ModelSpec): BundleManifest['task'] {
  if (model.loss === 'squared-error') return 'value';
  if (model.loss === 'cox') return 'survival';
  return outputSize(model) > 2 ? 'classes' : 'binary';
}
