import { workerData } from 'node:worker_threads';
import { createParameters, isFedwardError, type LocalTrainer, type TrainingPlan } from '@fedward/core';
import workerpool from 'workerpool';
import { trainAlone } from './run/train-alone.js';
import { receiveContext } from './wiring/threads/context.js';
import type { AnyJob, Answer, Done, Failed, SentJob } from './wiring/threads/messages.js';
import { receiveData } from './wiring/threads/shared-memory.js';
import { clock } from './wiring/training-work.js';
import { makeTrainer, type TrainerSource } from './wiring/trainers.js';

// The entry of a worker thread. It loads the one trainer that the plan names, and begins before the first job is there.
const making = makeTrainer((workerData as { readonly trainer: TrainerSource }).trainer);
making.catch(() => undefined); // told by the first job

/** Parsed plans by their JSON: a run has one, or two with the one of training alone. */
const plans = new Map<string, TrainingPlan>();

workerpool.worker({ carryOut });

async function carryOut(job: SentJob): Promise<Answer> {
  const stopped = new AbortController();
  job.stop.once('message', () => stopped.abort());
  try {
    return await train(job, await making, stopped.signal);
  } catch (error) {
    return failureOf(error);
  } finally {
    job.stop.close(); // an open port would keep the thread
  }
}

async function train(job: AnyJob, trainer: LocalTrainer, signal: AbortSignal): Promise<Done> {
  const plan = planOf(job.plan);
  const data = await receiveData(job.data);
  // The thread's own copy: a trainer that wrote to its payload would write to everyone's.
  const payload = createParameters(job.layout, job.model.slice());
  const began = clock();
  const result =
    job.kind === 'train'
      ? await trainer.train(payload, data, receiveContext(job.context, plan), signal)
      : await trainAlone({ ...job, plan, data, initial: payload, trainer }, signal);
  const seconds = clock() - began;
  job.trained.set(result.payload.values);
  const { applied, steps, metrics, privateTensors } = result;
  return {
    ok: true,
    steps,
    metrics,
    began,
    seconds,
    ...(applied && { applied }),
    ...(privateTensors && { privateTensors }),
  };
}

function planOf(json: string): TrainingPlan {
  let plan = plans.get(json);
  if (!plan) plans.set(json, (plan = JSON.parse(json) as TrainingPlan));
  return plan;
}

function failureOf(error: unknown): Failed {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  if (!isFedwardError(error)) return { ok: false, name, message };
  const { code, subject } = error;
  return { ok: false, name, message, code, ...(subject !== undefined && { subject }) };
}
