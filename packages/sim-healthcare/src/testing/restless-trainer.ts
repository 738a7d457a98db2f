import { setTimeout as sleep } from 'node:timers/promises';
import { definePlugin, FedwardError, type LocalTrainer, type Plugin } from '@fedward/core';
import * as z from 'zod';

/**
 * A trainer for tests of worker threads. The first feature of a client's first record says what befalls it in round 1:
 * see `fates`. Otherwise it moves the model half way to that feature, with draws of its random stream and of its noise.
 */
export default function restlessTrainer(): LocalTrainer {
  return {
    name: 'restless',
    provides: ['per-example-clipping', 'correction', 'private-tensors'],
    describe: async () => 'restless',
    async train({ layout, values }, data, context, signal) {
      const { random, noise, round, clientId, gradientPrivacy } = context;
      const { correction, privateTensors } = context.wishes;
      const fate = data.features[0]!;
      await sleep(1);
      if (round === 1) {
        data.labels[0] = begun;
        await befall(fate, clientId, signal);
      }
      const trained = values.map((x, i) => (x + data.features[0]!) / 2 + random.normal() + (correction?.[i] ?? 0));
      noise.addGaussian(trained, 0.5);
      return {
        payload: { layout, values: trained },
        steps: data.count,
        metrics: { loss: fate, patients: new Set(data.patientIds).size },
        applied: {
          ...(gradientPrivacy && { gradientPrivacy }),
          ...(correction && { correction: true }),
          ...(privateTensors && { privateTensors: Object.keys(privateTensors) }),
        },
        ...(privateTensors && { privateTensors: { own: Float32Array.of(fate) } }),
      };
    },
    predict: async (_model, { values }, data) => new Float32Array(2 * data.count).fill(values[0]!),
  };
}

/** As a worker thread finds it. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'trainer',
    name: 'restless',
    summary: 'for tests of worker threads',
    options: z.strictObject({}),
    create: restlessTrainer,
  }),
];

/** The first label once a client's fate takes its course: whoever shares the memory of its data can wait for that. */
export const begun = -1;

/** First features and what they do. */
export const fates = {
  exits: 101,
  runsOutOfMemory: 102,
  throwsLoose: 103,
  fails: 104,
  breaks: 105,
  waits: 106,
  hangs: 107,
};

async function befall(fate: number, clientId: string, signal: AbortSignal): Promise<void> {
  switch (fate) {
    case fates.exits:
      return process.exit(3);
    case fates.runsOutOfMemory:
      for (const hoard: unknown[] = []; ;) hoard.push(new Array(100_000).fill({}));
    case fates.throwsLoose:
      setTimeout(() => {
        throw new Error('thrown where nobody awaits it');
      }, 1);
      return new Promise(() => undefined);
    case fates.fails:
      throw new FedwardError('DATA_NOT_FINITE', `${clientId} has a NaN`, 'age');
    case fates.breaks:
      throw new TypeError('x is not a function');
    case fates.waits: // in pieces, as a trainer yields
      for (;;) {
        if (signal.aborted) throw new FedwardError('ABORTED', 'stopped between two steps');
        await sleep(5);
      }
    case fates.hangs:
      for (;;);
  }
}
