import { FedwardError, parseWith, type JsonObject } from '@fedward/core';
import { z } from 'zod';

const instructionsSchema = z.strictObject({
  /** FedProx (Li et al. 2020): mu/2 |w - w0|^2 is added to the objective, w0 being the global model. */
  proximalMu: z.number().min(0).default(0),
});

export type Instructions = z.output<typeof instructionsSchema>;

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for what this trainer does not know: an aggregator may rely on it */
export function parseInstructions(instructions: JsonObject): Instructions {
  try {
    return parseWith(instructionsSchema, instructions, "the aggregator's instructions");
  } catch (error) {
    const { message, subject } = error as FedwardError;
    throw new FedwardError('CONFIG_INCOMPATIBLE', message, subject, { cause: error });
  }
}
