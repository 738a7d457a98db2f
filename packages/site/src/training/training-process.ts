import { createParameters, type LocalTrainer, type TrainingPlan } from '@fedward/core';
import { makeTrainer, receiveContext, sendError } from '@fedward/sim-healthcare/training';
import type { ChildOptions, FromChild, Job, ToChild, TrainDone } from './messages.js';
import { ReceivedData } from './sent-data.js';
import { watchOver } from './watchdog.js';

// The entry of the process in which a hospital's models are trained. It has the data and the trainer, and neither keys nor
// the network's address: all it does is to answer the daemon that started it.
const options = JSON.parse(process.argv[2]!) as ChildOptions;
watchOver(options.mostBytes, process.platform !== 'win32');
process.once('disconnect', () => process.exit(0));

const making = makeTrainer(options.trainer);
making.catch(() => undefined); // told by the first job
const received = new ReceivedData();
const stops = new Map<number, AbortController>();
let plan: { readonly json: string; readonly parsed: TrainingPlan } | undefined;
let last: Promise<void> = Promise.resolve();

process.on('message', (message: ToChild) => {
  if (message.kind === 'stop') return stops.get(message.id)?.abort();
  if (message.kind !== 'job') return received.take(message);
  const { id, job } = message;
  const stop = new AbortController();
  stops.set(id, stop);
  last = last.then(() => carryOut(id, job, stop.signal));
});

async function carryOut(id: number, job: Job, signal: AbortSignal): Promise<void> {
  try {
    tell({ kind: 'done', id, result: await answer(job, await making, signal) });
  } catch (error) {
    tell({ kind: 'failed', id, error: sendError(error) });
  } finally {
    stops.delete(id);
  }
}

function answer(job: Job, trainer: LocalTrainer, signal: AbortSignal): Promise<unknown> {
  if (job.kind === 'describe') return trainer.describe();
  const parameters = createParameters(job.layout, job.values);
  const data = received.get(job.data);
  if (job.kind === 'predict') return trainer.predict(job.model, parameters, data);
  return train(trainer.train(parameters, data, receiveContext(job.context, planOf(job.plan)), signal));
}

async function train(training: ReturnType<LocalTrainer['train']>): Promise<TrainDone> {
  const { payload, ...rest } = await training;
  return { ...rest, values: payload.values };
}

/** A run has one. */
function planOf(json: string): TrainingPlan {
  if (plan?.json !== json) plan = { json, parsed: JSON.parse(json) as TrainingPlan };
  return plan.parsed;
}

function tell(message: FromChild): void {
  process.send?.(message, () => undefined); // where the daemon is gone, this process ends as well
}
