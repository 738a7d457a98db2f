import { incompatible, isTrainingPlan, type Plan } from '@fedward/core';
import * as z from 'zod';

/** By which a plan names it, and its half at the sites. */
export const name = 'scaffold';

/** The options of SCAFFOLD: both halves are made from them. */
export const scaffoldOptions = z.strictObject({
  learningRate: z
    .number()
    .positive()
    .default(1)
    .describe("the server's learning rate, > 0; with 1 it takes the mean of the sites' models"),
  option: z
    .enum(['I', 'II'])
    .default('II')
    .describe(
      "how a site renews its control variate: II, from the steps that it took; I, by the gradient of all its records at the server's model",
    ),
  weighting: z
    .enum(['records', 'uniform'])
    .default('records')
    .describe('how a site counts: by its number of records, as under FedAvg; uniform, each the same, as in the paper'),
});

/** Of both halves. */
export type ScaffoldOptions = z.input<typeof scaffoldOptions>;

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan that it can't work under */
export function assertSuits(plan: Plan): void {
  if (!isTrainingPlan(plan))
    throw incompatible(
      `${name} averages changes of models, and the plan's work is the query ${plan.query.name}: name an aggregator of its answers`,
      'aggregator.name',
    );
  const { optimizer } = plan.training;
  if (optimizer.name !== 'sgd')
    throw incompatible(
      `${name} takes what a site's training moved for a sum of gradients, which is so under sgd alone: ${optimizer.name} moves ` +
        'by earlier gradients too',
      'training.optimizer.name',
    );
}
