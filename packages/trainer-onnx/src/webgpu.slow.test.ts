import { type GradientPrivacy, type ModelSpec } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { useSoftwareVulkan } from '../../../tools/testing/vulkan.js';
import { asGraph, models } from './testing/models.js';
import { contextOf, dataOf, notAborted, planOf, relativeError, weightsOf } from './testing/problems.js';
import { onnxTrainer } from './trainer.js';

useSoftwareVulkan();
const missing = await onnxTrainer({ backend: 'webgpu' })
  .describe()
  .then(() => undefined)
  .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));

/** Small products round otherwise on a GPU; ten steps of them. */
const tolerance = 1e-4;

const clipped: GradientPrivacy = { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 0 };
const privacies: readonly (GradientPrivacy | undefined)[] = [undefined, clipped];

describe.skipIf(missing !== undefined)(`on webgpu${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  const named: readonly (readonly [string, ModelSpec])[] = [...Object.entries(models), ['a graph', asGraph.graph]];

  // Batches of many sizes: what ONNX Runtime got wrong hung on them.
  it.each(named)('%s trains as on the CPU', async (name, model) => {
    const poisson = { kind: 'poisson', probability: 0.2, steps: 10, expectedSize: 8 } as const;
    for (const gradientPrivacy of name === 'cox' ? [undefined] : privacies) {
      const plan = planOf(model, poisson, { optimizer: { name: 'sgd', learningRate: 0.1 } });
      const context = contextOf(plan, gradientPrivacy ? { gradientPrivacy } : {});
      const [cpu, gpu] = await Promise.all(
        (['cpu', 'webgpu'] as const).map((backend) =>
          onnxTrainer({ backend }).train(weightsOf(model), dataOf(model, 40), context, notAborted),
        ),
      );
      expect(relativeError(gpu!.payload.values, cpu!.payload.values)).toBeLessThan(tolerance);
    }
  });
});
