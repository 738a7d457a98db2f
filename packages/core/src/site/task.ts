import * as z from 'zod';
import { FedwardError } from '../base/errors.js';
import type { EvaluateTask, FitTask } from '../interfaces/messages.js';
import type { LocalTrainer } from '../interfaces/trainer.js';
import { canonicalJson } from '../base/json.js';
import { sha256 } from '../base/digest.js';
import { digestParameters, findNonFinite, type Layout } from '../parameters/parameters.js';
import type { TrainingPlan } from '../plan/plan.js';
import { parseInstructions } from '../training/instructions.js';
import { checkLayout } from '../training/layout.js';

/** What a server sends may be anything. */
const layoutSchema = z.object({
  size: z.number(),
  tensors: z.array(
    z.object({ name: z.string(), shape: z.array(z.number()), offset: z.number(), size: z.number() }).readonly(),
  ),
});
const told = z.record(z.string(), z.json());
const taskSchema = z.object({
  runId: z.string().min(1).max(1000),
  payload: z.object({ layout: layoutSchema, values: z.instanceof(Float32Array) }),
});
const wishesSchema = z.object({ instructions: told, forMechanisms: z.record(z.string(), told).optional() });

/**
 * What must be right of a task before a site charges anything for it.
 * @param layout of the plan's model
 * @throws {FedwardError} TASK_INVALID naming the client, and what the trainer's `checkTask` throws
 */
export function checkTask(
  task: FitTask | EvaluateTask,
  { clientId, plan, trainer, layout }: TaskExpected,
): asserts task is FitTask {
  const refuse = (why: string, cause?: unknown): never => {
    throw new FedwardError('TASK_INVALID', `${clientId} was sent a task that is none: ${why}`, clientId, { cause });
  };
  const fit = 'instructions' in task;
  const fault = (taskSchema.safeParse(task).error ?? ((fit && wishesSchema.safeParse(task).error) || undefined))
    ?.issues[0];
  if (fault) refuse(`${fault.path.join('.')}: ${fault.message}`);
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
    if (!fit || !trainer.checkTask) checkLayout(payload, layout);
    if (fit) (trainer.checkTask ?? (({ instructions }) => parseInstructions(instructions)))(task, plan);
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error), error);
  }
}

/** What a task is held against. */
export interface TaskExpected {
  readonly clientId: string;
  readonly plan: TrainingPlan;
  readonly trainer: LocalTrainer;
  readonly layout: Layout;
}

/** The same for two tasks that ask for the same: all that an answer depends on beside the site's own data and noise. */
export function digestTask({ runId, round, planHash, payload, instructions, forMechanisms = {} }: FitTask): string {
  return sha256(canonicalJson([runId, round, planHash, digestParameters(payload), instructions, forMechanisms]));
}
