import type { OptimizerSpec } from '../../plan/plan.js';
import { createAdam } from './adam.js';
import type { Optimizer } from './interface.js';
import { createMomentum } from './momentum.js';
import { createSgd } from './sgd.js';

/**
 * Optimizers work on flat arrays in plain TypeScript: for models of some thousand weights that is far cheaper
 * than tensor operations, and the same on every backend.
 *
 * @param size number of weights
 */
export function createOptimizer(spec: OptimizerSpec, size: number): Optimizer {
  switch (spec.name) {
    case 'sgd':
      return createSgd(spec.learningRate);
    case 'momentum':
      return createMomentum(spec, size);
    case 'adam':
      return createAdam(spec, size);
  }
}
