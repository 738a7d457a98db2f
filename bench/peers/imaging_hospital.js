// A hospital in a thread of its own, for `fedward bench imaging`: trains whenever it is asked to.
import { parentPort, workerData } from 'node:worker_threads';
import { Random, SeededNoise } from '@fedward/core';
import { wasmTrainer } from '@fedward/trainer-wasm';

const { data, initial } = workerData;
const trainer = wasmTrainer();
const never = new globalThis.AbortController().signal;

parentPort.on('message', async ({ plan, gradientPrivacy }) => {
  const context = {
    clientId: 'hospital',
    runId: 'bench',
    round: 0,
    plan,
    wishes: {},
    random: new Random(1),
    noise: new SeededNoise(new Random(1)),
    ...(gradientPrivacy && { gradientPrivacy }),
  };
  const { steps } = await trainer.train(initial, data, context, never);
  parentPort.postMessage(steps);
});
