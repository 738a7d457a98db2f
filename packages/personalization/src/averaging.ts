import {
  addMean,
  composeAggregator,
  incompatible,
  isTrainingPlan,
  weightedSum,
  type Aggregator,
  type ComposedState,
  type Plan,
  type TrainingPlan,
} from '@fedward/core';

/** What there is to say of a strategy at the server. */
export interface Averaging {
  /**
   * True where an update is what this round's training changed in what was sent. False where the training also starts from
   * what a site kept of earlier rounds: noise of which each site adds a share protects the sum, and not what was kept.
   */
  readonly plain: boolean;
  /** What is refused of a plan that trains. */
  readonly validate: (plan: TrainingPlan) => void;
}

/**
 * The server's half of every strategy here: the mean of the sites' changes, each counted by its number of records (McMahan
 * et al. 2017, algorithm 1). What is personal about them is done at the sites.
 * @param name that of the strategy's half at the sites
 */
export function averaging(name: string, { plain, validate }: Averaging): Aggregator<ComposedState<null>> {
  return composeAggregator({
    ...{ name, strategy: name, reduce: weightedSum, optimizer: addMean },
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity', ...(plain ? ['plain-changes'] : [])],
    validate(plan: Plan) {
      if (!isTrainingPlan(plan))
        throw incompatible(
          `${name} trains models, and the plan's work is the query ${plan.query.name}`,
          'aggregator.name',
        );
      validate(plan);
    },
  });
}
