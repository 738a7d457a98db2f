import type { Aggregator } from '@fedward/core';
import { meanChecks } from './aggregator/mean.js';
import { reductionChecks } from './aggregator/reduction.js';
import { stateChecks } from './aggregator/state.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

/** What the suite needs to know of an aggregator. */
export interface AggregatorComplianceOptions {
  /** A new aggregator, as if in a new process. */
  readonly create: () => Aggregator;
  /** True where a round sets the model to the mean of the updates, weighted by `Update.weight`. */
  readonly mean?: boolean;
  /** The smallest cohort that it can reduce, such as 2f + 3 for Krum; 1 unless told. */
  readonly minimumCohort?: number;
}

/** What every aggregator must do; see `Aggregator` in core. */
export function aggregatorCompliance(options: AggregatorComplianceOptions): ComplianceSuite {
  const { create, mean = false, minimumCohort = 1 } = options;
  return defineSuite(`aggregator ${create().name}`, {
    ...stateChecks(create, minimumCohort),
    ...reductionChecks(create, minimumCohort),
    ...(mean ? meanChecks(create) : {}),
  });
}
