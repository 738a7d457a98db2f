import { FedwardError } from '../base/errors.js';
import type { Tensors } from '../parameters/parameters.js';
import { isTrainingPlan, type Plan } from '../plan/plan.js';
import { frozenTensors } from '../training/frozen.js';

/**
 * What a plan freezes is held to at the end of a round too, whatever aggregator and mechanisms are: a server optimizer
 * that decays weights would move it all the same.
 * @param before the model of the round before, for plans that freeze something
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the tensor that has moved
 */
export function assertFrozen(round: number, plan: Plan, before: () => Tensors, { layout, values }: Tensors): void {
  if (!isTrainingPlan(plan) || !plan.training.frozen) return;
  const names = new Set(frozenTensors(plan.training.frozen, layout));
  const { values: old } = before();
  for (const { name, offset, size } of layout.tensors) {
    if (!names.has(name)) continue;
    for (let i = offset; i < offset + size; i++)
      if (values[i] !== old[i])
        throw new FedwardError(
          'CONFIG_INCOMPATIBLE',
          `round ${round}: ${name} has moved, which the plan freezes: by aggregator ${plan.aggregator.name} or a mechanism`,
          name,
        );
  }
}
