import { inclusionBySize, type Aggregator, type PrivacyMechanism, type Reach, type TrainingPlan } from '@fedward/core';
import { bufferedCollector } from '../plugins/catalogue.js';
import type { Population } from '../scenario/scenario.js';
import type { Plugins } from '../wiring/plugins.js';

/** How far one hospital can move the model in a round, whatever it sends; told before a run. */
export interface HospitalReach {
  readonly id: string;
  /** Of its training part. */
  readonly records: number;
  /** Its share in the mean of updates, in [0, 1]; null under a rule that has none. */
  readonly share: number | null;
  /**
   * L2 norm of the most that its update adds to the mean of a round, against one of zeros that counts as much; null: there is
   * no bound that is known before a run.
   */
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
 * The reach of each hospital, in their order, in a round in which it has the most say and all that are asked answer. A mechanism that clips at the server and
 * divides by its own constant decides; else the aggregator does. Where a mechanism hides single updates from the server,
 * bounds on them are kept by each site's own software and by nobody else: then there is none.
 */
export function reachOf({ plan, plugins: { aggregator, mechanisms }, population }: ReachParts): HospitalReach[] {
  const records = new Map(population.ids.map((id) => [id, population.hospital(id).train.count]));
  const told = tellsRecords(plan, mechanisms);
  const counts = (count: number, id: string): number => (told ? (aggregator.counts?.(count, id) ?? count) : 1);
  const weights = new Map([...records].map(([id, count]) => [id, counts(count, id)]));
  const hiding = mechanisms.find(({ removes }) => removes?.includes('individual-updates'));
  const clipping = mechanisms.find(({ reach }) => reach);
  const bound = clipping?.reach?.(plan);
  return leastCompanies(plan, weights).map((company, place) => {
    const ofId = population.ids[place]!;
    const own = reachBy(aggregator, company, told).find(({ id }) => id === ofId)!;
    const { id, share, most, because } = bound ? { ...own, ...bound } : own;
    const common = { id, records: records.get(id)!, share };
    if (hiding) return { ...common, most: null, because: `${hiding.name} hides single updates from the server, which can bound none: ${kept(most, because)}` }; // prettier-ignore
    return { ...common, most: Number.isFinite(most) ? most : null, because };
  });
}

/**
 * Of each hospital with whom it is in a sum where it has the most say, all that are asked having answered: those of its turn,
 * or as many as are asked, or as the collector waits for, the lightest of all. Under a choice by size weights are as corrected.
 */
function leastCompanies(
  { cohort, collector }: TrainingPlan,
  told: ReadonlyMap<string, number>,
): ReadonlyMap<string, number>[] {
  const ids = [...told.keys()];
  const weights = new Map(told);
  if (cohort.select === 'by-size') {
    const inclusion = inclusionBySize(
      ids.map((id) => cohort.records[id]!),
      Math.min(cohort.size, ids.length),
    );
    ids.forEach((id, i) => weights.set(id, told.get(id)! / inclusion[i]!));
  }
  const only = (some: readonly string[]) => new Map(some.map((id) => [id, weights.get(id)!]));
  const asked = 'size' in cohort ? cohort.size : cohort.select === 'cyclic' ? Math.floor(ids.length / cohort.groups) : ids.length; // prettier-ignore
  const buffer = collector?.name === bufferedCollector ? Number(collector.options['size']) : Infinity;
  if (cohort.select === 'cyclic' && cohort.order !== 'shuffled' && buffer === Infinity)
    return ids.map((_, place) => only(ids.filter((__, other) => other % cohort.groups === place % cohort.groups)));
  const most = Math.min(asked, buffer, ids.length);
  if (most === ids.length) return ids.map(() => weights);
  const lightest = ids.toSorted((a, b) => weights.get(a)! - weights.get(b)!).slice(0, most);
  return ids.map((id) => only([id, ...lightest.filter((other) => other !== id).slice(0, most - 1)]));
}

/** What holds while a site's software is the one that all agreed on. */
function kept(most: number, because: string): string {
  return Number.isFinite(most)
    ? `a site whose own software keeps to the plan moves it by ${Number(most.toPrecision(3))} at the most`
    : because;
}

/**
 * As the aggregator tells; else by the share of the weight, without a bound.
 * @param told whether a site says its weight; else each has 1, which the server sees to
 */
function reachBy(aggregator: Aggregator, weights: ReadonlyMap<string, number>, told: boolean): readonly Reach[] {
  if (aggregator.reach) return aggregator.reach(weights);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const weighs = !told
    ? 'and counts each site once, since nobody tells numbers of records'
    : aggregator.counts
      ? 'and the weight that a site says it has'
      : 'and the number of records that a site says it has';
  const because = `${aggregator.name} takes an update of any size, ${weighs}`;
  return [...weights].map(([id, weight]) => ({ id, share: weight / total, most: Infinity, because }));
}

/** As core has it: else every weight is 1. */
function tellsRecords({ privacy }: TrainingPlan, mechanisms: readonly PrivacyMechanism[]): boolean {
  const priced = mechanisms.find(({ adjacency }) => adjacency);
  return !priced || (priced.adjacency === 'replace-one' && privacy?.unit === 'record');
}
