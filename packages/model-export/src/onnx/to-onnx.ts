import { FedwardError, sha256 } from '@fedward/core';
import type { Preprocessing } from '@fedward/data-medical';
import { encodeBundle, preprocessingFor, type BundleManifest, type ModelBundle } from '@fedward/model-bundle';
import { addAnswers } from './answers.js';
import { emittedOpset, encodeModel, Graph, type Port, type Value } from '@fedward/kit-onnx';
import { addLayers } from './layers.js';
import { addPreprocessing, type Prepared } from './preprocessing/add-preprocessing.js';
import { anyOf, isNaNOf } from './preprocessing/cell.js';

/** Of a model as ONNX. */
export interface OnnxOptions {
  /** Whose preprocessing goes in, where each hospital fitted its own. */
  readonly hospital?: string | undefined;
  /** SHA-256 of the bundle's file, hexadecimal, where there is one; default that of `encodeBundle`. */
  readonly digest?: string | undefined;
}

/** A model as ONNX, and what it takes and gives. */
export interface OnnxModel {
  /** The file. */
  readonly bytes: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Of ONNX: opset 17 (and 3 of ai.onnx.ml, for levels that are text), IR version 8; ONNX Runtime 1.13 and later read it. */
const versions = { opset: 17, ml: 3, ir: 8 };
/** Where a layer is a graph of operators, which are written by this version; ONNX Runtime 1.18 and later read it. */
const versionsOfGraphs = { opset: emittedOpset, ml: 3, ir: 10 };

/**
 * A model as an ONNX file, preprocessing inside the graph: it takes raw columns and gives probabilities and a class, a value,
 * or a log hazard. Equal bundles are equal bytes.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where each hospital fitted its own preprocessing and none is named, one is
 *   named that has none, or missing values are filled in by records that were not kept (`knn`)
 */
export function toOnnx(bundle: ModelBundle, options: OnnxOptions = {}): Uint8Array {
  return onnxModel(bundle, options).bytes;
}

/** The same with what it takes and gives. @throws {FedwardError} as `toOnnx` */
export function onnxModel(bundle: ModelBundle, { hospital, digest }: OnnxOptions = {}): OnnxModel {
  const { manifest, weights } = bundle;
  const graph = new Graph();
  const preprocessing = chosenPreprocessing(manifest, hospital);
  const { features, refused } = preprocessing
    ? addPreprocessing(graph, preprocessing, manifest.model.inputShape, manifest.source.csv)
    : takenAsTheyAre(graph, manifest);
  addAnswers(graph, manifest, addLayers(graph, manifest.model, weights, features), refused);
  const written = manifest.model.layers.some(({ type }) => type === 'graph') ? versionsOfGraphs : versions;
  const properties = metadataOf(manifest, hospital, digest ?? sha256(encodeBundle(bundle)));
  const bytes = encodeModel({
    ir_version: written.ir,
    producer_name: 'fedward',
    producer_version: manifest.software,
    doc_string: [manifest.title, manifest.intendedUse].filter((text) => text !== null).join(': '),
    graph: graph.toMessage('fedward', 'raw columns to predictions'),
    opset_import: [
      { domain: '', version: written.opset },
      { domain: 'ai.onnx.ml', version: written.ml },
    ],
    metadata_props: Object.entries(properties).map(([key, value]) => ({ key, value })),
  });
  return { bytes, inputs: graph.inputs, outputs: graph.outputs };
}

/** @returns null where features are taken as they are */
export function chosenPreprocessing(manifest: BundleManifest, hospital: string | undefined): Preprocessing | null {
  const { preprocessing } = manifest;
  if (!preprocessing) return null;
  const names = Object.keys(preprocessing.hospitals);
  const found = preprocessingFor(manifest, hospital);
  if (found) return found;
  if (names.length === 0)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      'each hospital fitted its own preprocessing, which is not kept with the model: there is none to go into the graph',
      'preprocessing',
    );
  const which = names.map((name) => `"${name}"`).join(', ');
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    hospital === undefined
      ? `each hospital fitted its own preprocessing, and one goes into the graph: name the hospital (--hospital), one of ${which}`
      : `there is no preprocessing of hospital "${hospital}": it is one of ${which}`,
    'hospital',
  );
}

function takenAsTheyAre(graph: Graph, { model, features }: BundleManifest): Prepared {
  const shape = ['N' as const, ...model.inputShape];
  const named = features.length > 0 ? `: ${features.join(', ')}` : '';
  const meaning = `as the model was trained on them${named}; no prediction where one is not finite`;
  const given: Value = graph.input({ name: 'features', type: 'float32', shape, meaning });
  const flat = graph.node('Flatten', [given], { axis: 1 });
  const bad = graph.node('Or', [isNaNOf(graph, flat), graph.node('IsInf', [flat])]);
  return { features: given, refused: anyOf(graph, bad) };
}

function metadataOf(manifest: BundleManifest, hospital: string | undefined, digest: string): Record<string, string> {
  const { title, software, planHash, threshold, intendedUse, privacy, simulationOnly } = manifest;
  return {
    'fedward.title': title,
    'fedward.software': software,
    'fedward.bundle': digest,
    ...(planHash !== null && { 'fedward.planHash': planHash }),
    ...(hospital !== undefined && { 'fedward.hospital': hospital }),
    ...(threshold && { 'fedward.threshold': `${threshold.value} (${threshold.on}: ${threshold.rule})` }),
    ...(intendedUse !== null && { 'fedward.intendedUse': intendedUse }),
    ...(privacy.length > 0 && { 'fedward.privacy': privacy.join('\n') }),
    'fedward.simulationOnly': String(simulationOnly),
  };
}
