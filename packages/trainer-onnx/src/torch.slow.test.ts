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
  it.each(names)('%s', async (name) => {
    const model = models[name]!;
    const start = weightsOf(model);
    const data = dataOf(model, 40);
    for (const optimizer of optimizers) {
      const context = contextOf(planOf(model, { kind: 'shuffle', size: 40, epochs: 50 }, { optimizer }));
      const { payload, steps } = await onnxTrainer().train(start, data, context, notAborted);
      expect(steps).toBe(50);
      const weights = start.layout.tensors.map(({ shape, offset, size }) => [
        shape,
        Array.from(start.values.subarray(offset, offset + size)),
      ]);
      const input = JSON.stringify({
        ...{ spec: model, optimizer: context.plan.training.optimizer, weights },
        ...{ features: Array.from(data.features), labels: Array.from(data.labels) },
      });
      const { stdout, stderr } = spawnSync('python3', [script], { input, encoding: 'utf8' });
      expect(stderr).toBe('');
      const there = JSON.parse(stdout) as number[];
      expect(relativeError(there, start.values)).toBeGreaterThan(0.01);
      expect(relativeError(payload.values, there)).toBeLessThan(1e-4);
    }
  });
});
