import { addMean, composeAggregator, weightedSum, type Aggregator, type SiteStrategy } from '@fedward/core';
import type { TrainingPlan } from '@fedward/core';
import { answerChecks } from './site-strategy/answers.js';
import { promiseChecks } from './site-strategy/promises.js';
import type { Given } from './site-strategy/rounds.js';
import { stateChecks } from './site-strategy/state.js';
import { defineSuite, type ComplianceSuite } from './suite.js';
import { examplePlan } from './support/fixtures.js';

/** What the suite needs to know of a site's half of a strategy. */
export interface SiteStrategyComplianceOptions {
  /** A new one, as if in a new process. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it remembers is its own business
  readonly create: () => SiteStrategy<any>;
  /** Its half at the server. Default: the mean of changes. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it keeps is its own business
  readonly aggregator?: () => Aggregator<any, any>;
  /** A plan that it works under, of a model that takes 3 features and tells 2 classes. Default: a small one with SGD. */
  readonly plan?: TrainingPlan;
  /** Plans that it can't work under. */
  readonly rejects?: readonly TrainingPlan[];
  /** True for one that reads records itself, and so can't work where gradients have a price. */
  readonly readsRecords?: boolean;
}

/** What every site's half of an aggregation strategy must do; see `SiteStrategy` in core. */
export function siteStrategyCompliance(options: SiteStrategyComplianceOptions): ComplianceSuite {
  const given: Given = {
    create: options.create,
    aggregator: options.aggregator ?? mean,
    plan: options.plan ?? examplePlan(),
  };
  return defineSuite(`site strategy ${options.create().name}`, {
    ...promiseChecks(given, options.rejects ?? [], options.readsRecords ?? false),
    ...answerChecks(given),
    ...stateChecks(given),
  });
}

const mean = (): Aggregator =>
  composeAggregator({
    ...{ name: 'compliance', requires: [], provides: ['sum-only'] },
    ...{ reduce: weightedSum, optimizer: addMean },
  }) as Aggregator;
