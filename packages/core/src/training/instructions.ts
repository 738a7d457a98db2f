import { FedwardError } from '../base/errors.js';
import type { Json, JsonObject } from '../base/json.js';

/** What an aggregator may ask of a trainer; see `strategyOf` for what it means. */
export interface Instructions {
  /** FedProx (Li et al. 2020, eq. 2): mu/2 |w - w0|^2 is added to the objective, w0 being where training started. */
  readonly proximalMu: number;
  /** Names of tensors that are not trained. */
  readonly frozen: readonly string[];
}

/**
 * Checked by hand and not by a schema: this is on the way of every training, and in worker threads the schema library
 * would be most of what there is to load.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for what no trainer here knows: an aggregator may rely on it
 */
export function parseInstructions({ proximalMu = 0, frozen = [], ...others }: JsonObject): Instructions {
  for (const name of Object.keys(others)) throw refusal(name, 'no trainer here knows it');
  if (typeof proximalMu !== 'number' || !(proximalMu >= 0 && Math.fround(proximalMu) < Infinity))
    throw refusal('proximalMu', `must be a finite float32 >= 0, got ${JSON.stringify(proximalMu)}`);
  if (!isNames(frozen)) throw refusal('frozen', `must be an array of names, got ${JSON.stringify(frozen)}`);
  return { proximalMu, frozen };
}

function isNames(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function refusal(name: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', `the aggregator's instructions: ${name}: ${why}`, name);
}
