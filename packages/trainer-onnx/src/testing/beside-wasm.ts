import type { ClientContext } from '@fedward/core';
import { wasmTrainer } from '@fedward/trainer-wasm';
import { expect } from 'vitest';
import { onnxTrainer } from '../trainer.js';
import { dataOf, notAborted, relativeError, weightsOf } from './problems.js';

export const count = 40;
export const shuffled = { kind: 'shuffle', size: 8, epochs: 10 } as const;
export const poisson = { kind: 'poisson', probability: 0.2, steps: 50, expectedSize: 8 } as const;
export const clipping = (noiseMultiplier = 0) => ({ clip: 'per-example', clipNorm: 0.5, noiseMultiplier }) as const;

/** How far apart the trainers are after 50 steps. */
export async function difference(context: ClientContext, patients = 0): Promise<number> {
  const { model } = context.plan;
  const data = dataOf(model, count, 'data', patients);
  const start = weightsOf(model);
  const [own, other] = await Promise.all(
    [onnxTrainer(), wasmTrainer()].map((trainer) => trainer.train(start, data, context, notAborted)),
  );
  expect(own!.steps).toBe(50);
  expect(own!.applied).toEqual(other!.applied);
  expect(own!.metrics['loss']).toBeCloseTo(other!.metrics['loss']!, 3);
  expect(relativeError(other!.payload.values, start.values)).toBeGreaterThan(0.01); // something happened
  expect(Object.keys(own!.privateTensors ?? {})).toEqual(Object.keys(other!.privateTensors ?? {}));
  const tensors = Object.entries(own!.privateTensors ?? {}).map(([name, values]) =>
    relativeError(values, other!.privateTensors![name]!),
  );
  return Math.max(relativeError(own!.payload.values, other!.payload.values), ...tensors);
}
