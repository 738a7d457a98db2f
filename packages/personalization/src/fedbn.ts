import {
  incompatible,
  layoutOf,
  normalisationTensors,
  parseWith,
  type Layout,
  type ModelSpec,
  type SiteStrategy,
} from '@fedward/core';
import * as z from 'zod';
import { averaging } from './averaging.js';
import { privateTensorsOf, privateTensorsSite, type PrivateValues } from './private-tensors.js';

const name = 'fedbn';

/** None. */
export const fedBnOptions = z.strictObject({});

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a model without normalisation: it would be FedAvg under another name */
function normalisation({ tensors }: Layout, model: ModelSpec): readonly string[] {
  const norms = new Set(normalisationTensors(model));
  const names = tensors.map((tensor) => tensor.name).filter((tensor) => norms.has(tensor));
  if (names.length > 0) return names;
  throw incompatible(
    `${name} keeps scales and shifts of normalisation private, and the model has none: no group-norm layer, and no node of a ` +
      'graph that normalises by batches, groups, instances or layers with a scale of its own. fedper and private-tensors keep others',
    'model.layers',
  );
}

/**
 * FedBN, the server's half: federated averaging of all but the scales and shifts of normalisation.
 * @param options none
 * @throws {FedwardError} CONFIG_INVALID for any option; (by `validate`) CONFIG_INCOMPATIBLE for a model without them
 */
export function fedBn(options: unknown = {}, path = 'aggregator.options') {
  parseWith(fedBnOptions, options, path);
  const choose = privateTensorsOf(name, normalisation);
  return averaging(name, { plain: false, validate: ({ model }) => void choose(layoutOf(model), model) });
}

/**
 * The site's half: scales and shifts of normalisation never leave, be it of layers or of nodes of a graph
 * (`normalisationTensors`), so that a site's scanners and devices may differ.
 * Source: Li, Jiang, Zhang, Kamp and Dou 2021, FedBN: federated learning on non-IID features via local batch normalization,
 * algorithm 1. There it is batch normalisation, with its running statistics; plans freeze those, and other kinds have none.
 * @throws {FedwardError} as `fedBn`
 */
export function fedBnSite(options: unknown = {}, path = 'aggregator.options'): SiteStrategy<PrivateValues> {
  parseWith(fedBnOptions, options, path);
  return privateTensorsSite(name, normalisation);
}
