import * as z from 'zod';
import { FedwardError } from '../errors.js';
import type { FitResult } from '../interfaces/messages.js';
import { canonicalJson } from '../json.js';
import { composeEvents, type DpEvent } from '../numeric/dp-event.js';
import { findNonFinite, sameLayout, type Layout } from '../parameters.js';

/** What a client sent may be anything. */
const tensorSchema = z.object({ name: z.string(), shape: z.array(z.number()) });
const layoutSchema = z.object({ size: z.number(), tensors: z.array(tensorSchema) });
const resultSchema = z.object({
  clientId: z.string(),
  baseRound: z.number(),
  payload: z.object({ layout: layoutSchema, values: z.instanceof(Float32Array) }),
  weight: z.number().min(0),
  metrics: z.object({}),
  spent: z.array(z.unknown()),
  simulationOnly: z.boolean(),
});

export interface Expected {
  readonly clientId: string;
  readonly round: number;
  readonly layout: Layout;
  /** What the plan's mechanisms spend in this round; undefined where they have no price. */
  readonly event: DpEvent | undefined;
}

/**
 * What a client sent, if it is a finite update for this round, in the layout that the server sent, and protected
 * as the server prices it.
 * @throws {FedwardError} UPDATE_INVALID, or UPDATE_NOT_FINITE naming site, round and tensor
 */
export function receive(result: FitResult, { clientId, round, layout, event }: Expected): FitResult {
  const refuse = (why: string, code: 'UPDATE_INVALID' | 'UPDATE_NOT_FINITE' = 'UPDATE_INVALID'): never => {
    throw new FedwardError(code, `round ${round}: the update of ${clientId} ${why}`, clientId);
  };
  const fault = resultSchema.safeParse(result).error?.issues[0];
  if (fault) refuse(`is none: ${fault.path.join('.')}: ${fault.message}`);
  if (result.clientId !== clientId) refuse('says that it is from another client');
  if (result.baseRound !== round) refuse(`is for round ${result.baseRound}`);
  if (!sameLayout(result.payload.layout, layout) || result.payload.values.length !== layout.size)
    refuse('has other tensors than the model');
  if (!isCharged(result.spent, event)) refuse("was not charged what the plan's mechanisms spend");
  if (event && Object.keys(result.metrics).length > 0) refuse('tells metrics, which nothing paid for');
  // The client's own layout may say anything of offsets.
  const update = { ...result, payload: { layout, values: result.payload.values } };
  const tensor = findNonFinite(update.payload);
  if (tensor)
    refuse(`has a NaN or Infinity in tensor ${tensor.name}; a smaller learning rate may help`, 'UPDATE_NOT_FINITE');
  return update;
}

function isCharged(spent: readonly DpEvent[], event: DpEvent = { type: 'none' }): boolean {
  try {
    return canonicalJson(composeEvents(...spent)) === canonicalJson(event);
  } catch {
    return false; // they are no events
  }
}
