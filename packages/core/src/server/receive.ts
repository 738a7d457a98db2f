import * as z from 'zod';
import { FedwardError } from '../base/errors.js';
import type { AuditHead } from '../interfaces/audit.js';
import type { Update } from '../interfaces/messages.js';
import { canonicalJson } from '../base/json.js';
import { composeEvents, type DpEvent } from '../privacy/events.js';
import { elementOf, findNonFinite, sameLayout, type ElementArray, type TensorsForm } from '../parameters/parameters.js';
import { sizeOf } from '../base/size.js';
import { cosignatureSchema, entryProofSchema, headSchema } from '../base/receipt.js';

/** What a client sent may be anything. */
const tensorSchema = z.object({ name: z.string(), shape: z.array(z.number()) });
const layoutSchema = z.object({ size: z.number(), tensors: z.array(tensorSchema) });
const elements = z.union([z.instanceof(Float32Array), z.instanceof(Float64Array), z.instanceof(Uint32Array)]);
const updateSchema = z.object({
  clientId: z.string(),
  baseRound: z.number(),
  payload: z.object({ layout: layoutSchema, values: elements }),
  weight: z.number().min(0),
  metrics: z.object({}),
  spent: z.array(z.unknown()),
  simulationOnly: z.boolean(),
  head: headSchema.optional(),
  entry: entryProofSchema.optional(),
  cosignature: cosignatureSchema.optional(),
});

export interface Expected {
  readonly clientId: string;
  readonly round: number;
  /** What the aggregator expects, as the plan's mechanisms turn it at the site. */
  readonly form: TensorsForm;
  /** What the plan's mechanisms spend in this round; undefined where they have no price. */
  readonly event: DpEvent | undefined;
  /** False where the number of records must not be told: every weight is then 1. */
  readonly countIsPublic: boolean;
}

/** The most records that a site may say it has: more than any array of them holds. */
const mostRecords = 2 ** 32;

/**
 * The largest value that a float32 update may hold. No training comes near it, three layers of such weights are still
 * within float32 (2^128), and so is a model that changes by a mean of updates that each stay below; a model beyond could be
 * trained by nobody, and every resumed run would fail where the first did.
 */
const largestValue = 2 ** 40;
/** As many updates as there can be, each of as much weight as it may have, stay within float64 (2^1024) with this. */
const largestOf = { f32: largestValue, f64: 2 ** 900, u32: Infinity } as const;

/** Beside as much as its layout and its charge may take: room for metrics, and for what is shown of its log, in members and characters. */
const room = 16_384;

/**
 * What a client sent, if it is a finite update for this round, in the form that is expected, of a weight that it may
 * have, and protected as the server prices it. Metrics that are no numbers are left out.
 * @throws {FedwardError} UPDATE_INVALID, or UPDATE_NOT_FINITE naming site, round and tensor
 */
export function receive(result: Update, { clientId, round, form, event, countIsPublic }: Expected): Update {
  const { layout, element } = form;
  const refuse = (why: string): never => {
    throw new FedwardError('UPDATE_INVALID', `round ${round}: the update of ${clientId} ${why}`, clientId);
  };
  const words = room + 4 * (sizeOf(layout) + sizeOf(event));
  if (sizeOf(result, words) > words) refuse('says more beside its parameters than any update has to say');
  const fault = updateSchema.safeParse(result).error?.issues[0];
  if (fault) refuse(`is none: ${fault.path.join('.')}: ${fault.message}`);
  if (result.clientId !== clientId) refuse('says that it is from another client');
  if (result.baseRound !== round) refuse(`is for round ${result.baseRound}`);
  if (!sameLayout(result.payload.layout, layout) || result.payload.values.length !== layout.size)
    refuse('has other tensors than are expected');
  const given = elementOf(result.payload.values);
  if (given !== element) refuse(`has numbers of type ${given}, and ${element} is expected`);
  if (!isCharged(result.spent, event)) refuse("was not charged what the plan's mechanisms spend");
  if (event && Object.keys(result.metrics).length > 0) refuse('tells metrics, which nothing paid for');
  if (!countIsPublic && result.weight !== 1)
    refuse(`has the weight ${result.weight}; where the number of records is not told, every weight is 1`);
  if (result.weight > mostRecords) refuse(`has the weight ${result.weight}, which is no number of records`);
  // The client's own layout may say anything of offsets, and its object may have members that nobody asked for.
  const { weight, spent, simulationOnly } = result;
  const { head, entry, cosignature } = updateSchema.parse(result);
  const payload = { layout, values: result.payload.values };
  const metrics = Object.fromEntries(Object.entries(result.metrics).filter(([, value]) => typeof value === 'number'));
  assertWithin({ clientId, payload }, round, element);
  return {
    ...{ clientId, baseRound: round, payload, weight, metrics, spent, simulationOnly },
    ...(head && { head: head as AuditHead }),
    ...(entry && { entry }),
    ...(cosignature !== undefined && { cosignature }),
  };
}

/** @throws {FedwardError} UPDATE_NOT_FINITE or UPDATE_INVALID naming site, round and tensor, for a number that no change has */
export function assertWithin(
  { clientId, payload }: Pick<Update, 'clientId' | 'payload'>,
  round: number,
  element: TensorsForm['element'],
): void {
  const most = largestOf[element];
  if (allWithin(payload.values, most)) return;
  const refuse = (why: string, code: 'UPDATE_INVALID' | 'UPDATE_NOT_FINITE'): never => {
    throw new FedwardError(code, `round ${round}: the update of ${clientId} ${why}`, clientId);
  };
  const tensor = findNonFinite(payload);
  if (tensor)
    refuse(`has a NaN or Infinity in tensor ${tensor.name}; a smaller learning rate may help`, 'UPDATE_NOT_FINITE');
  const large = payload.values.findIndex((value) => Math.abs(value) > most);
  const { name } = payload.layout.tensors.find(({ offset, size }) => large < offset + size)!;
  refuse(`has the value ${payload.values[large]} in tensor ${name}; no change goes beyond ${most}`, 'UPDATE_INVALID');
}

/** One look at each number for both faults, since every update goes through this. False for a NaN as well. */
function allWithin(values: ElementArray, most: number): boolean {
  if (most === Infinity) return true;
  for (let i = 0; i < values.length; i++) if (!(values[i]! <= most && values[i]! >= -most)) return false;
  return true;
}

function isCharged(spent: readonly DpEvent[], event: DpEvent = { type: 'none' }): boolean {
  try {
    return canonicalJson(composeEvents(...spent)) === canonicalJson(event);
  } catch {
    return false; // they are no events
  }
}
