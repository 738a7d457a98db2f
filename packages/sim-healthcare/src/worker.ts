import { parentPort, workerData } from 'node:worker_threads';
import { createParameters, type LocalTrainer, type TrainingPlan } from '@fedward/core';
import { trainAlone } from './run/train-alone.js';
import { receiveContext } from './threads/context.js';
import { arrived } from './threads/frames.js';
import type { AloneJob, AnyJob, Frame, TrainDone, TrainJob } from './threads/messages.js';
import { serveJobs, type JobContext, type JobResult } from './threads/serve.js';
import { receiveData } from './threads/shared-data.js';
import { SitesHere } from './threads/site-jobs.js';
import { clock } from './wiring/training-work.js';
import { makeTrainer, type TrainerSource } from './wiring/trainers.js';

// The entry of a worker thread. It loads the one trainer that the plan names, and begins before the first job is there.
const making = makeTrainer((workerData as { readonly trainer: TrainerSource }).trainer);
making.catch(() => undefined); // told by the first job
const sites = new SitesHere(making);

/** Parsed plans by their JSON: a run has one, or two with the one of training alone. */
const plans = new Map<string, TrainingPlan>();

let newest: Frame | undefined;

interface Arrived {
  readonly job: AnyJob;
  readonly frame: Frame | undefined;
}

serveJobs(
  parentPort!,
  (job): Arrived => {
    // Here and not when its turn comes: the frame is that of the job that was sent before.
    if (job.kind === 'site' && job.frame) newest = arrived(job.frame);
    return { job, frame: newest };
  },
  async ({ job, frame }, context) =>
    job.kind === 'site' ? sites.answer(job, frame!, context) : train(job, await making, context),
);

async function train(job: TrainJob | AloneJob, trainer: LocalTrainer, { signal }: JobContext): Promise<JobResult> {
  const plan = planOf(job.plan);
  const data = await receiveData(job.data);
  // The thread's own copy: a trainer that wrote to its payload would write to everyone's.
  const payload = createParameters(job.layout, job.model.slice());
  const began = clock();
  const { steps, metrics, applied, privateTensors, ...given } =
    job.kind === 'train'
      ? await trainer.train(payload, data, receiveContext(job.context, plan), signal)
      : await trainAlone({ ...job, plan, data, initial: payload, trainer }, signal);
  const seconds = clock() - began;
  const trained = given.payload.values.slice(); // a trainer may keep what it gave
  const result: TrainDone = {
    ...{ trained, steps, metrics, began, seconds },
    ...(applied && { applied }),
    ...(privateTensors && { privateTensors }),
  };
  return { result, transfer: [trained.buffer] };
}

function planOf(json: string): TrainingPlan {
  let plan = plans.get(json);
  if (!plan) plans.set(json, (plan = JSON.parse(json) as TrainingPlan));
  return plan;
}
