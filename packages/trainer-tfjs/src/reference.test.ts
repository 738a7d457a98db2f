import { describe, expect, it } from 'vitest';
import { describeDpSgdStep } from '../../../tools/testing/dpsgd-step-suite.js';
import { readStep, stepFolder, stepModels } from '../../../tools/testing/dpsgd-step.js';
import { clippedSum, perExampleGradients } from './per-example.js';
import { backends, relativeError } from './testing/problems.js';
import { tfjsTrainer } from './trainer.js';

for (const backend of backends)
  describeDpSgdStep({
    on: backend,
    trainer: () => tfjsTrainer({ backend }),
    clippedSum: (spec, parameters, data, clipNorm) => clippedSum(spec, parameters, data, clipNorm, { backend }),
  });

describe.skipIf(!stepFolder).each(backends)('by example on %s (needs FEDWARD_DATA)', (backend) => {
  it.each(Object.entries(stepModels))('has the gradients, norms and losses of PyTorch: %s', async (name, spec) => {
    const step = readStep(name);
    const { gradients, norms, losses } = await perExampleGradients(spec, step.parameters, step.data, { backend });
    expect(relativeError(gradients, step.gradients)).toBeLessThan(1e-5);
    expect(relativeError(norms, step.norms)).toBeLessThan(1e-5);
    expect(relativeError(losses, step.losses)).toBeLessThan(1e-5);
  });
});
