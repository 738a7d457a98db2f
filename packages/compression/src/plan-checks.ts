import { incompatible, isTrainingPlan, type Plan } from '@fedward/core';

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a query plan: its answers are counts and sums, of which each digit is wanted */
export function assertTraining(plan: Plan, name: string): void {
  if (isTrainingPlan(plan)) return;
  throw incompatible(`compression ${name} is for the changes of a training, and the plan's work is a query`, 'compression'); // prettier-ignore
}
