import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { models, optimizers } from './testing/models.js';
import { contextOf, dataOf, notAborted, planOf, relativeError, weightsOf } from './testing/problems.js';
import { onnxTrainer } from './trainer.js';

const there = spawnSync('python3', ['-c', 'import torch']).status === 0;
const script = fileURLToPath(new URL('testing/torch_steps.py', import.meta.url));
// Dropout draws otherwise there, and PyTorch has no loss of Cox.
const names = Object.keys(models).filter((name) => !name.includes('dropout') && name !== 'cox');

describe.skipIf(!there)('after 50 steps it is where PyTorch is (needs python3 with torch)', () => {
  it('for every layer, loss and optimizer', async () => {
    const cases = names.flatMap((name) => optimizers.map((optimizer) => ({ name, model: models[name]!, optimizer })));
    const input = cases.map(({ model, optimizer }) => {
      const { layout, values } = weightsOf(model);
      const { features, labels } = dataOf(model, 40);
      const weights = layout.tensors.map(({ shape, offset, size }) => [
        shape,
        Array.from(values.subarray(offset, offset + size)),
      ]);
      return { spec: model, optimizer, weights, features: Array.from(features), labels: Array.from(labels) };
    });
    const { stdout, stderr } = spawnSync('python3', [script], { input: JSON.stringify(input), encoding: 'utf8' });
    expect(stderr).toBe('');
    const theirs = JSON.parse(stdout) as number[][];
    for (const [i, { name, model, optimizer }] of cases.entries()) {
      const start = weightsOf(model);
      const context = contextOf(planOf(model, { kind: 'shuffle', size: 40, epochs: 50 }, { optimizer }));
      const { payload, steps } = await onnxTrainer().train(start, dataOf(model, 40), context, notAborted);
      expect(steps).toBe(50);
      expect(relativeError(theirs[i]!, start.values), name).toBeGreaterThan(0.01);
      expect(relativeError(payload.values, theirs[i]!), `${name}, ${optimizer.name}`).toBeLessThan(1e-4);
    }
  });
});
