import {
  FedwardError,
  hasCode,
  type Json,
  type LocalTrainer,
  type ModelSpec,
  type Parameters,
  type Plugin,
} from '@fedward/core';
import { catalogue } from '../plugins/catalogue.js';

/** Which trainer a worker thread is to make, and from where. */
export interface TrainerSource {
  readonly name: string;
  /** URL of a module that exports it among its `plugins`; absent for one that comes with fedward. */
  readonly module?: string;
  /** Its own options, such as what it runs on. Default: none. */
  readonly options?: TrainerOptions | undefined;
}

/** Options of a trainer: of the machine that it runs on, no part of a plan. */
export type TrainerOptions = Readonly<Record<string, Json>>;

/** @throws {FedwardError} PLUGIN_UNKNOWN where there is none of that name */
export async function makeTrainer({ name, module, options = {} }: TrainerSource): Promise<LocalTrainer> {
  const named = (plugin: Pick<Plugin, 'kind' | 'name'>) => plugin.kind === 'trainer' && plugin.name === name;
  const entry = catalogue.find(({ plugins }) => plugins.some(named));
  const loaded = module === undefined ? await entry?.load() : await import(module);
  const plugin = (loaded as { readonly plugins: readonly Plugin[] } | undefined)?.plugins.find(named);
  if (!plugin) throw new FedwardError('PLUGIN_UNKNOWN', `there is no trainer named ${name} here`, 'training.trainer');
  return (plugin as Plugin<'trainer'>).create(options, 'trainer.options');
}

/**
 * A trainer that can predict with a model: of a graph the one that can graphs, of layers the fast one where it can, else the one
 * that can all of them.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where none can
 */
export async function predictorOf(model: ModelSpec, weights: Parameters): Promise<LocalTrainer> {
  if (model.layers.some(({ type }) => type === 'graph')) return makeTrainer({ name: 'onnx' });
  const fast = await makeTrainer({ name: 'wasm' });
  const nobody = {
    ...{ count: 0, featureShape: model.inputShape },
    ...{ features: new Float32Array(0), labels: new Float32Array(0) },
  };
  try {
    await fast.predict(model, weights, nobody);
    return fast;
  } catch (error) {
    if (!hasCode(error, 'CONFIG_INCOMPATIBLE')) throw error;
    return makeTrainer({ name: 'tfjs' });
  }
}
