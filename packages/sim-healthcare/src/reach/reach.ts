import type { Aggregator, PrivacyMechanism, Reach, TrainingPlan } from '@fedward/core';
import type { Population } from '../scenario/scenario.js';
import type { Plugins } from '../wiring/plugins.js';

/** How far one hospital can move the model in a round, whatever it sends; told before a run. */
export interface HospitalReach {
  readonly id: string;
  /** Of its training part. */
  readonly records: number;
  /** Its share in the mean of updates, in [0, 1]; null under a rule that has none. */
  readonly share: number | null;
  /** L2 norm of the most that it moves the mean of a round by; null: there is no bound that is known before a run. */
  readonly most: number | null;
  /** By what it is bounded, or why it is not. */
  readonly because: string;
}

/** What a reach follows from. */
export interface ReachParts {
  readonly plan: TrainingPlan;
  readonly plugins: Pick<Plugins, 'aggregator' | 'mechanisms'>;
  readonly population: Pick<Population, 'ids' | 'hospital'>;
}

/**
 * The reach of each hospital, in their order, where all are asked and all answer. A mechanism that clips at the server and
 * divides by its own constant decides; else the aggregator does. Where a mechanism hides single updates from the server,
 * bounds on them are kept by each site's own software and by nobody else: then there is none.
 */
export function reachOf({ plan, plugins: { aggregator, mechanisms }, population }: ReachParts): HospitalReach[] {
  const records = new Map(population.ids.map((id) => [id, population.hospital(id).train.count]));
  const told = tellsRecords(plan, mechanisms);
  const weights = told ? records : new Map(population.ids.map((id) => [id, 1]));
  const hiding = mechanisms.find(({ removes }) => removes?.includes('individual-updates'));
  const clipping = mechanisms.find(({ reach }) => reach);
  const bound = clipping?.reach?.(plan);
  return reachBy(aggregator, weights).map((own) => {
    const { id, share, most, because } = bound ? { ...own, ...bound } : own;
    const common = { id, records: records.get(id)!, share };
    if (hiding) return { ...common, most: null, because: `${hiding.name} hides single updates from the server, which can bound none: ${kept(most, because)}` }; // prettier-ignore
    return { ...common, most: Number.isFinite(most) ? most : null, because };
  });
}

/** What holds while a site's software is the one that all agreed on. */
function kept(most: number, because: string): string {
  return Number.isFinite(most)
    ? `a site whose own software keeps to the plan moves it by ${Number(most.toPrecision(3))} at the most`
    : because;
}

/** As the aggregator tells; else by the share of the weight, without a bound. */
function reachBy(aggregator: Aggregator, weights: ReadonlyMap<string, number>): readonly Reach[] {
  if (aggregator.reach) return aggregator.reach(weights);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const because = `${aggregator.name} takes an update of any size, and the number of records that a site says it has`;
  return [...weights].map(([id, weight]) => ({ id, share: weight / total, most: Infinity, because }));
}

/** As core has it: else every weight is 1. */
function tellsRecords({ privacy }: TrainingPlan, mechanisms: readonly PrivacyMechanism[]): boolean {
  const priced = mechanisms.find(({ adjacency }) => adjacency);
  return !priced || (priced.adjacency === 'replace-one' && privacy?.unit === 'record');
}
