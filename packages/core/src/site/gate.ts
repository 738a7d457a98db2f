import * as z from 'zod';
import { sha256 } from '../base/digest.js';
import { FedwardError } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import type { EvaluateTask, MechanismCall, Task } from '../interfaces/messages.js';
import { cosignatureSchema, headSchema } from '../base/receipt.js';
import { defaultMostCallBytes, stateFault } from '../base/state-fault.js';
import { digestTensors, findNonFinite } from '../parameters/parameters.js';

/** What a server sends may be anything. */
const layoutSchema = z.object({
  size: z.number(),
  tensors: z.array(
    z.object({ name: z.string(), shape: z.array(z.number()), offset: z.number(), size: z.number() }).readonly(),
  ),
});
const told = z.record(z.string(), z.json());
const elements = z.union([z.instanceof(Float32Array), z.instanceof(Float64Array), z.instanceof(Uint32Array)]);
const taskSchema = z.object({
  runId: z.string().min(1).max(1000),
  payload: z.object({ layout: layoutSchema, values: elements }),
  taken: z.int().min(0).nullable(),
  head: headSchema.optional(),
  noted: z.int().min(0).optional(),
  cosignature: cosignatureSchema.optional(),
});
const cohort = z.custom<readonly string[]>(
  (value) => Array.isArray(value) && value.every((id) => typeof id === 'string'),
  'a list of ids',
);
const questionSchema = z.object({ cohort, instructions: told, forMechanisms: z.record(z.string(), told).optional() });
const callSchema = z.object({ runId: z.string().min(1).max(1000), cohort, mechanism: z.string() });

/** What a site has approved. */
export interface Approved {
  readonly clientId: string;
  /** Hash of the plan. */
  readonly planHash: string;
  readonly rounds: number;
}

/** @throws {FedwardError} PLAN_NOT_APPROVED for another plan, or a round that it does not have */
export function assertApproved(
  { planHash, round }: Pick<Task, 'planHash' | 'round'>,
  { clientId, planHash: approved, rounds }: Approved,
): void {
  const refuse = (what: string): never => {
    throw new FedwardError('PLAN_NOT_APPROVED', `${clientId} has approved ${what}`, clientId);
  };
  if (planHash !== approved) refuse(`${approved}, was sent ${planHash}`);
  if (!Number.isInteger(round) || round < 0 || round >= rounds) refuse(`${rounds} rounds, was sent ${round}`);
}

/**
 * What must be right of a task before a site charges anything for it.
 * @param accepts throws for a task that the site's work can't be done on
 * @throws {FedwardError} TASK_INVALID naming the client
 */
export function assertTask<T extends Task | EvaluateTask>(task: T, clientId: string, accepts: (task: T) => void): void {
  const refuse = (why: string, cause?: unknown): never => {
    throw new FedwardError('TASK_INVALID', `${clientId} was sent a task that is none: ${why}`, clientId, { cause });
  };
  const question = 'instructions' in task;
  const fault = (taskSchema.safeParse(task).error ?? ((question && questionSchema.safeParse(task).error) || undefined))
    ?.issues[0];
  if (fault) refuse(`${fault.path.join('.')}: ${fault.message}`);
  if (task.taken !== null && task.taken > (question ? task.round - 1 : task.round))
    refuse(`taken: round ${task.taken} is not before it`);
  if (question && !task.cohort.includes(clientId)) refuse(`cohort: ${clientId} is not in it`);
  const { payload } = task;
  let end = 0;
  for (const { name, offset, shape, size } of payload.layout.tensors) {
    if (offset !== end || size !== shape.reduce((product, n) => product * n, 1))
      refuse(`tensor ${name} is out of place`);
    end += size;
  }
  if (end !== payload.layout.size || end !== payload.values.length)
    refuse(`its tensors have ${end} values, its payload ${payload.values.length}`);
  const tensor = findNonFinite(payload)?.name;
  if (tensor !== undefined) refuse(`there is a NaN or an Infinity in tensor ${tensor}`);
  try {
    accepts(task);
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error), error);
  }
}

/** @throws {FedwardError} TASK_INVALID naming the client, for a call that is none */
export function assertCall(call: MechanismCall, clientId: string): void {
  const fault = callSchema.safeParse(call).error?.issues[0];
  if (!fault && call.cohort.includes(clientId)) return;
  throw noCall(clientId, fault ? `${fault.path.join('.')}: ${fault.message}` : `cohort: ${clientId} is not in it`);
}

/** @throws {FedwardError} TASK_INVALID naming the client, for a body that is no state or larger than the mechanism expects */
export function assertBody({ body }: MechanismCall, clientId: string, mostBytes = defaultMostCallBytes): void {
  const fault = stateFault(body, mostBytes);
  if (fault !== undefined) throw noCall(clientId, `its body ${fault}`);
}

function noCall(clientId: string, why: string): FedwardError {
  return new FedwardError('TASK_INVALID', `${clientId} was sent a call that is none: ${why}`, clientId);
}

/** The same for two tasks that ask for the same: all that an answer depends on beside the site's own data and noise. */
export function digestTask(task: Task): string {
  const { runId, round, planHash, cohort, payload, instructions, forMechanisms = {}, taken } = task;
  const told = [runId, round, planHash, cohort, digestTensors(payload), instructions, forMechanisms, taken];
  return sha256(canonicalJson(told));
}
