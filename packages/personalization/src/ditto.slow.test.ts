import type { createParameters } from '@fedward/core';
import { layoutOf, parsePlan } from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import { describe, expect, it } from 'vitest';
import { federate, hospitals, linePlan, meanSquare } from './testing/hospitals.js';

/** With rounds enough for the personal models to settle. */
const run = (options: Record<string, number>, changes = {}) =>
  federate(linePlan({ name: 'ditto', options: options as never }, { rounds: 60, ...changes }));

describe('ditto', () => {
  it('leaves the global model as federated averaging has it, to the last bit', async () => {
    const { model } = await run({ lambda: 0.3 }, { rounds: 5 });
    const plain = await federate(linePlan({ name: 'fine-tuning', options: { steps: 1 } }, { rounds: 5 }));
    expect(model).toEqual(plain.model);
  });

  it('is the local model with lambda 0, and the global one with a large lambda', async () => {
    const alone = await run({ lambda: 0 });
    for (const error of alone.errors) expect(error).toBeLessThan(1e-4);
    const near = await run({ lambda: 50, learningRate: 0.01 });
    const global = await errorsOf(near.model);
    near.errors.forEach((error, i) => expect(Math.abs(error - global[i]!)).toBeLessThan(0.1 * global[i]!));
    const between = await run({ lambda: 0.5 });
    between.errors.forEach((error, i) => {
      expect(error).toBeGreaterThan(10 * alone.errors[i]!);
      if (global[i]! > 0.5) expect(error).toBeLessThan(near.errors[i]!);
    });
  });

  it('takes the steps of algorithm 1, by hand', async () => {
    const options = { lambda: 0.5, steps: 3, learningRate: 0.05, batchSize: 100 };
    const { store, initial } = await run(options, { rounds: 2 });
    const { model } = await run(options, { rounds: 1 });
    for (const [clientId, { count, features, labels }] of Object.entries(hospitals)) {
      const v = Float64Array.from(initial.values);
      // In the second round v is behind w: the pull is to w, and not to where the training starts.
      for (const w of [initial.values, model.values])
        for (let step = 0; step < 3; step++) {
          const gradient = new Float64Array(3);
          for (let i = 0; i < count; i++) {
            const x = [features[2 * i]!, features[2 * i + 1]!, 1];
            const residual = x.reduce((sum, xj, j) => sum + xj * v[j]!, 0) - labels[i]!;
            // The squared error is the mean of halves of squares.
            x.forEach((xj, j) => (gradient[j]! += (residual * xj) / count));
          }
          v.forEach((vj, j) => (v[j] = vj - 0.05 * (gradient[j]! + 0.5 * (vj - w[j]!))));
        }
      const state = (await store.load({ runId: 'run-1', clientId, strategy: 'ditto' }, 1)) as Float32Array;
      state.forEach((x, j) => expect(x).toBeCloseTo(v[j]!, 5));
    }
  });

  it('refuses a pull that overshoots', async () => {
    await expect(run({ lambda: 30 })).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'aggregator.options.lambda' }),
    );
  });
});

async function errorsOf(model: ReturnType<typeof createParameters>): Promise<number[]> {
  const { model: spec } = parsePlan(linePlan({ name: 'ditto', options: { lambda: 1 } }));
  expect(model.layout).toEqual(layoutOf(spec));
  return Promise.all(
    Object.values(hospitals).map(async (data) =>
      meanSquare(await referenceTrainer().predict(spec, model, data), data.labels),
    ),
  );
}
