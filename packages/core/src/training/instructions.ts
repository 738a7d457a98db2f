import { z } from 'zod';
import { FedwardError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { parseWith } from '../plan/plan.js';

const instructionsSchema = z.strictObject({
  /** FedProx (Li et al. 2020, eq. 2): mu/2 |w - w0|^2 is added to the objective, w0 being where training started. */
  proximalMu: z.number().min(0).default(0),
  /** Names of tensors that are not trained. */
  frozen: z.array(z.string()).default([]),
});

/** What an aggregator may ask of a trainer; see `strategyOf` for what it means. */
export type Instructions = z.output<typeof instructionsSchema>;

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for what no trainer here knows: an aggregator may rely on it */
export function parseInstructions(instructions: JsonObject): Instructions {
  try {
    return parseWith(instructionsSchema, instructions, "the aggregator's instructions");
  } catch (error) {
    const { message, subject } = error as FedwardError;
    throw new FedwardError('CONFIG_INCOMPATIBLE', message, subject, { cause: error });
  }
}
