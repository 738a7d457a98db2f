import { FedwardError } from '../base/errors.js';
import type { Json, JsonObject } from '../base/json.js';
import type { TrainingWishes } from '../interfaces/trainer.js';

/**
 * What core's own strategy understands of an aggregator's instructions: `proximalMu` and `frozen` (see `TrainingWishes`).
 * Checked by hand and not by a schema: this is on the way of every training, and in worker threads the schema library
 * would be most of what there is to load.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for any other: an aggregator may rely on what it asks for
 */
export function parseInstructions({ proximalMu, frozen, ...others }: JsonObject): TrainingWishes {
  for (const name of Object.keys(others)) throw refusal(name, 'no trainer here knows it');
  if (
    proximalMu !== undefined &&
    (typeof proximalMu !== 'number' || !(proximalMu >= 0 && Math.fround(proximalMu) < Infinity))
  )
    throw refusal('proximalMu', `must be a finite float32 >= 0, got ${JSON.stringify(proximalMu)}`);
  if (frozen !== undefined && !isNames(frozen))
    throw refusal('frozen', `must be an array of names, got ${JSON.stringify(frozen)}`);
  return { ...(proximalMu !== undefined && { proximalMu }), ...(frozen !== undefined && { frozen }) };
}

function isNames(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function refusal(name: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', `the aggregator's instructions: ${name}: ${why}`, name);
}
