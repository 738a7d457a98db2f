import { FedwardError, parseWith, type State, type Task, type Tensors } from '@fedward/core';
import { decodeQuestion, decodeReply, encodeQuestion, encodeReply } from '@fedward/core/wire';
import {
  parsePlannedRun,
  siteServices,
  type Frame,
  type PlannedRun,
  type ServiceName,
  type SiteDone,
  type ThreadError,
} from '@fedward/sim-healthcare';
import * as z from 'zod';

// What a simulation and its workers say to each other. Both are of one operator and of one version; what is read is checked
// all the same. Numbers and arrays go as core's wire has them, so that no bit is lost.

const version = z.literal(1, {
  error: 'it is of another version of this protocol: install the same fedward on both sides',
});
const ref = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z
    .int()
    .min(0)
    .max(2 ** 32),
});

/** A simulation that looks for workers. */
export interface Recipe {
  readonly run: PlannedRun;
  /** What trains, as the trainer describes itself. */
  readonly trainer: string;
}

const recipeSchema = z.object({ v: version, run: z.unknown(), trainer: z.string() });

export function encodeRecipe({ run, trainer }: Recipe): Uint8Array {
  const { runId, plan, simulation, inputs } = run;
  return json({ v: 1, run: { runId, plan, simulation, inputs }, trainer });
}

/** @throws {FedwardError} CONFIG_INVALID */
export function decodeRecipe(bytes: Uint8Array): Recipe {
  const { run, trainer } = parseWith(recipeSchema, parsed(bytes), 'the recipe of a run');
  return { run: parsePlannedRun(run, 'the recipe of a run'), trainer };
}

const jobSchema = z.object({
  v: version,
  /** What the clients are sent, but for what is of one alone. */
  frame: ref,
  clients: z
    .array(
      z.object({
        id: z.string(),
        taken: z.int().nullable(),
        ledger: z.boolean(),
        vouches: z.boolean().optional(),
        dataSheet: z.string().optional(),
      }),
    )
    .min(1),
});

/** A batch of clients that are to answer in one round. */
export type Job = Omit<z.output<typeof jobSchema>, 'v'>;

export function encodeJob(job: Job): Uint8Array {
  return json({ v: 1, ...job });
}

/** @throws {FedwardError} CONFIG_INVALID */
export function decodeJob(bytes: Uint8Array): Job {
  return parseWith(jobSchema, parsed(bytes), 'a job');
}

export function encodeFrame({ task, layout, sent }: Frame): Uint8Array {
  return encodeQuestion({ kind: 'answer', task: { ...task, payload: { layout, values: sent }, taken: null } });
}

/** @throws {FedwardError} MESSAGE_INVALID */
export function decodeFrame(bytes: Uint8Array): Task {
  const question = decodeQuestion(bytes);
  if (question.kind !== 'answer') throw invalid('a frame');
  const { cohort, ...task } = question.task;
  return { ...task, cohort: Object.freeze(cohort) };
}

const errorSchema = z.object({
  name: z.string(),
  code: z.string().optional(),
  family: z.enum(['configuration', 'run']).optional(),
  subject: z.string().optional(),
  message: z.string(),
}) as unknown as z.ZodType<ThreadError>;

const workSchema = z.array(z.object({ steps: z.number(), ago: z.number(), seconds: z.number() }));
const doneSchema = z.union([
  z.object({ events: z.array(z.looseObject({ type: z.string() })), work: workSchema, error: errorSchema }),
  z.object({
    events: z.array(z.looseObject({ type: z.string() })),
    work: workSchema,
    update: z.looseObject({ clientId: z.string(), baseRound: z.number(), weight: z.number() }),
    values: z.custom<Tensors['values']>((value) => ArrayBuffer.isView(value)),
    layout: z.looseObject({}).optional(),
  }),
]);
const resultSchema = z.object({ worker: z.string(), done: z.array(doneSchema).min(1) });

/** What came of a job: of its clients, in their order. */
export interface Result {
  readonly worker: string;
  readonly done: readonly SiteDone[];
}

/**
 * @param now seconds, by the clock by which `Worked.began` is: it crosses as how long ago, since clocks differ
 */
export function encodeResult({ worker, done }: Result, now: number): Uint8Array {
  const sent = done.map(({ work, ...rest }) => {
    return { ...rest, work: work.map(({ steps, began, seconds }) => ({ steps, seconds, ago: now - began })) };
  });
  return encodeReply({ answer: { worker, done: sent } as unknown as State });
}

/** @throws {FedwardError} MESSAGE_INVALID */
export function decodeResult(bytes: Uint8Array, now: number): Result {
  const reply = decodeReply(bytes);
  const { success, data } = resultSchema.safeParse('answer' in reply ? reply.answer : undefined);
  if (!success) throw invalid('a result');
  const done = data.done.map(({ work, ...rest }) => {
    return { ...rest, work: work.map(({ steps, ago, seconds }) => ({ steps, seconds, began: now - ago })) };
  });
  return { worker: data.worker, done: done as unknown as SiteDone[] };
}

const askSchema = z.object({
  job: z.string(),
  /** Which client of the job. */
  client: z.int().min(0),
  /** Which of that client's questions, from 0 on: asked again, it is the same. */
  ask: z.int().min(0),
  service: z.enum(siteServices),
  given: z.array(z.unknown()),
});

/** A question of a client in training to the simulation's process. */
export interface Ask extends Omit<z.output<typeof askSchema>, 'given' | 'service'> {
  readonly service: ServiceName;
  readonly given: readonly unknown[];
}

export function encodeAsk(ask: Ask): Uint8Array {
  return encodeReply({ answer: ask as unknown as State });
}

/** @throws {FedwardError} MESSAGE_INVALID */
export function decodeAsk(bytes: Uint8Array): Ask {
  const reply = decodeReply(bytes);
  const { success, data } = askSchema.safeParse('answer' in reply ? reply.answer : undefined);
  if (!success) throw invalid('a question of a worker');
  return data;
}

const hereSchema = z.object({
  v: version,
  id: z.string().max(200),
  parallel: z.int().min(1),
  /** Why it takes no part. */
  refuses: z.string().max(5000).optional(),
});

/** What a worker says of itself to a simulation. */
export type Here = Omit<z.output<typeof hereSchema>, 'v'>;

export function encodeHere(here: Here): Uint8Array {
  return json({ v: 1, ...here });
}

/** @throws {FedwardError} CONFIG_INVALID */
export function decodeHere(bytes: Uint8Array): Here {
  return parseWith(hereSchema, parsed(bytes), 'a worker');
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined; // of no schema
  }
}

function invalid(what: string): FedwardError {
  return new FedwardError('MESSAGE_INVALID', `${what} from the hub is not what this version sends`);
}
