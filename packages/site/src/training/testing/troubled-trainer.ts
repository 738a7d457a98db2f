import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { definePlugin, FedwardError, type LocalTrainer, type Plugin } from '@fedward/core';
import * as z from 'zod';

/** What befalls a training, by the first feature of the first record. */
export const fates = {
  /** Trains; its loss tells how many sets of data it has been given, its steps the process. */
  nothing: 0,
  heap: 1,
  buffers: 2,
  exits: 3,
  throwsLoose: 4,
  hangs: 5,
  waits: 6,
  fails: 7,
  /** Starts another program, which it leaves behind. */
  spawns: 8,
  cutsTheLine: 9,
};

const seen = new Set<unknown>();

/** A trainer for tests of training processes. */
export default function troubledTrainer(): LocalTrainer {
  return {
    name: 'troubled',
    provides: ['correction'],
    describe: () => Promise.resolve(`troubled in ${process.pid}`),
    validate(plan) {
      if (plan.rounds > 5) throw new FedwardError('CONFIG_INCOMPATIBLE', 'too many rounds', 'rounds');
    },
    async train({ layout, values }, data, context, signal) {
      seen.add(data);
      const other = await befall(data.features[0]!, signal);
      const trained = values.map((value) => value + context.random.normal());
      context.noise.addGaussian(trained, 0.5);
      return {
        payload: { layout, values: trained },
        steps: other ?? process.pid,
        metrics: {
          loss: seen.size,
          sum: data.features.reduce((sum, value) => sum + value, 0) + data.labels.at(-1)!,
          patients: new Set(data.patientIds).size,
          secrets: Object.keys(process.env).filter((name) => name.includes('PASSPHRASE')).length,
        },
        ...(context.wishes.correction && { applied: { correction: true } }),
      };
    },
    predict: (_model, { values }, data) => Promise.resolve(new Float32Array(2 * data.count).fill(values[0]!)),
  };
}

async function befall(fate: number, signal: AbortSignal): Promise<number | undefined> {
  const hoard: unknown[] = [];
  switch (fate) {
    case fates.heap:
      for (;;) hoard.push(new Array(100_000).fill({}));
    case fates.buffers:
      for (;;) hoard.push(new Float32Array(1_000_000).fill(1));
    case fates.exits:
      return process.exit(77);
    case fates.throwsLoose:
      setTimeout(() => {
        throw new Error('thrown where nobody awaits it');
      }, 1);
      return new Promise(() => undefined);
    case fates.hangs:
      for (;;);
    case fates.waits:
      for (; !signal.aborted; await sleep(5));
      throw new FedwardError('ABORTED', 'stopped between two steps');
    case fates.fails:
      throw new FedwardError('DATA_NOT_FINITE', 'there is a NaN', 'age');
    case fates.spawns:
      return spawn('sleep', ['600']).pid;
    case fates.cutsTheLine:
      process.disconnect();
      return new Promise(() => undefined);
  }
  return undefined;
}

export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'trainer',
    name: 'troubled',
    summary: 'for tests of training processes',
    options: z.strictObject({}),
    create: troubledTrainer,
  }),
];
