import { Random, type Aggregator, type Plan, type Tensors, type TensorsForm } from '@fedward/core';
import { meanChecks } from './aggregator/mean.js';
import { planChecks } from './aggregator/plans.js';
import { reductionChecks } from './aggregator/reduction.js';
import { randomExample, type Given } from './aggregator/rounds.js';
import { stateChecks } from './aggregator/state.js';
import { sumChecks } from './aggregator/sums.js';
import { defineSuite, type ComplianceSuite } from './suite.js';
import { exampleLayout, examplePlan, randomParameters } from './support/fixtures.js';

/** What the suite needs to know of an aggregator. */
export interface AggregatorComplianceOptions {
  /** A new aggregator, as if in a new process. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it keeps, and what that stands for, is its own business
  readonly create: () => Aggregator<any, any>;
  /** True where a round adds to the model the mean of the updates, weighted by `Update.weight`. */
  readonly mean?: boolean;
  /** False where weights count by more than their proportions, such as up to a cap. Default: true. */
  readonly proportional?: boolean;
  /** The smallest cohort that it can reduce, such as 2f + 3 for Krum; 1 unless told. */
  readonly minimumCohort?: number;
  /** A plan that it works under. Default: a small training plan. Of one that asks a query no model is expected. */
  readonly plan?: Plan;
  /** What it starts from. Default: a small model. */
  readonly initial?: Tensors;
  /** Plans that it can't work under. */
  readonly rejects?: readonly Plan[];
  /** One update's numbers, where not just any will do, such as a matrix that can be inverted. Default: normal draws. */
  readonly example?: (random: Random, form: TensorsForm) => Tensors;
}

/** What every aggregator must do; see `Aggregator` in core. */
export function aggregatorCompliance(options: AggregatorComplianceOptions): ComplianceSuite {
  const { create, mean = false, rejects = [] } = options;
  const given: Given = {
    create,
    plan: options.plan ?? examplePlan(),
    initial: options.initial ?? randomParameters(new Random('initial model'), exampleLayout),
    example: options.example ?? randomExample,
    minimumCohort: options.minimumCohort ?? 1,
    proportional: options.proportional ?? true,
  };
  return defineSuite(`aggregator ${create().name}`, {
    ...planChecks(given, rejects),
    ...stateChecks(given),
    ...reductionChecks(given),
    ...sumChecks(given),
    ...(mean ? meanChecks(given) : {}),
  });
}
