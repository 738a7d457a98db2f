import { incompatible, layoutOf, parseWith, type Layout, type SiteStrategy } from '@fedward/core';
import * as z from 'zod';
import { averaging } from './averaging.js';
import { privateTensorsOf, privateTensorsSite, type PrivateValues } from './private-tensors.js';
import { normalisationTensors } from './tensor-choice.js';

const name = 'fedbn';

/** None. */
export const fedBnOptions = z.strictObject({});

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a model without normalisation layers: it would be FedAvg under another name */
function normalisation(model: Layout): readonly string[] {
  const names = normalisationTensors(model);
  if (names.length > 0) return names;
  throw incompatible(
    `${name} keeps normalisation layers private, and the model has no group-norm: fedper and private-tensors keep others`,
    'model.layers',
  );
}

/**
 * FedBN, the server's half: federated averaging of all but normalisation layers.
 * @param options none
 * @throws {FedwardError} CONFIG_INVALID for any option; (by `validate`) CONFIG_INCOMPATIBLE for a model without group-norm
 */
export function fedBn(options: unknown = {}, path = 'aggregator.options') {
  parseWith(fedBnOptions, options, path);
  const choose = privateTensorsOf(name, normalisation);
  return averaging(name, { plain: false, validate: ({ model }) => void choose(layoutOf(model)) });
}

/**
 * The site's half: scales and shifts of normalisation layers never leave, so that a site's scanners and devices may differ.
 * Source: Li, Jiang, Zhang, Kamp and Dou 2021, FedBN: federated learning on non-IID features via local batch normalization,
 * algorithm 1. There it is batch normalisation; the models here have group normalisation, which keeps no running statistics.
 * @throws {FedwardError} as `fedBn`
 */
export function fedBnSite(options: unknown = {}, path = 'aggregator.options'): SiteStrategy<PrivateValues> {
  parseWith(fedBnOptions, options, path);
  return privateTensorsSite(name, normalisation);
}
