import { layoutOf, parseWith, type SiteStrategy } from '@fedward/core';
import * as z from 'zod';
import { averaging } from './averaging.js';
import { privateTensorsOf, privateTensorsSite, type ChoosePrivate, type PrivateValues } from './private-tensors.js';
import { lastLayers } from './tensor-choice.js';

const name = 'fedper';

/** The options of FedPer: both halves are made from them. */
export const fedPerOptions = z.strictObject({
  layers: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe('number of last layers with tensors that are personal, >= 1: K_P of the paper'),
});

/** Of `fedPer` and `fedPerSite`. */
export type FedPerOptions = z.input<typeof fedPerOptions>;

function choice(options: FedPerOptions, path: string): ChoosePrivate {
  const { layers } = parseWith(fedPerOptions, options, path);
  return (layout) => lastLayers(layers, layout, 'aggregator.options.layers');
}

/**
 * FedPer, the server's half: federated averaging of the base layers (algorithm 1).
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE where no base layer is left
 */
export function fedPer(options: FedPerOptions = {}, path = 'aggregator.options') {
  const choose = privateTensorsOf(name, choice(options, path));
  return averaging(name, { plain: false, validate: ({ model }) => void choose(layoutOf(model), model) });
}

/**
 * The site's half: base layers are shared, the last ones, the personalization layers, never leave.
 * Source: Arivazhagan et al. 2019, Federated learning with personalization layers, equation 1 and algorithm 2. There a site's
 * personal layers start at random; here at the plan's initial model, the same for all.
 * @throws {FedwardError} as `fedPer`
 */
export function fedPerSite(options: FedPerOptions = {}, path = 'aggregator.options'): SiteStrategy<PrivateValues> {
  return privateTensorsSite(name, choice(options, path));
}
