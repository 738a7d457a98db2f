import { incompatible } from '../base/errors.js';
import type { Aggregator, Reduction, RoundContext } from '../interfaces/aggregator.js';
import type { Collector } from '../interfaces/collector.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import { isTrainingPlan, type Plan } from '../plan/plan.js';
import type { Random } from '../random/random.js';
import { everyone } from './collector.js';

/**
 * With which probability each of these is chosen where `size` of them are: in proportion to its records, and 1 for one
 * that is larger than its share of places. What such a one leaves over is parted among the others again, so that the
 * probabilities add up to `size`.
 *
 * @param records of each, integers above 0; at least `size` of them
 */
export function inclusionBySize(records: readonly number[], size: number): number[] {
  const { places, total } = uncapped(records, size);
  return records.map((count) => (isCertain(count, places, total) ? 1 : (places * count) / total));
}

/** How many places, and how many records, there are for those that are not chosen for certain. */
function uncapped(records: readonly number[], size: number): { places: number; total: number } {
  let [places, total] = [size, records.reduce((sum, count) => sum + count, 0)];
  for (const count of records.toSorted((a, b) => b - a)) {
    if (!isCertain(count, places, total)) break;
    places--;
    total -= count;
  }
  return { places, total };
}

/** As the largest are taken out one after another, no probability of those that stay falls: what was certain stays so. */
function isCertain(count: number, places: number, total: number): boolean {
  return places * count >= total;
}

/**
 * `size` different indices, each with exactly its probability of `inclusionBySize`: systematic sampling (Madow 1949) over
 * the clients in a random order (Hartley and Rao 1962), so that any two may meet.
 *
 * @returns indices in ascending order
 */
export function sampleBySize(records: readonly number[], size: number, random: Random): number[] {
  const { places, total } = uncapped(records, size);
  const chosen: number[] = [];
  const others: number[] = [];
  records.forEach((count, index) => (isCertain(count, places, total) ? chosen : others).push(index));
  // On a line each is as long as `places` times its records, with a mark every `total`, which is longer: all are integers.
  let mark = others.length > 0 ? random.integer(0, total) : 0;
  let end = 0;
  for (const at of random.permutation(others.length)) {
    const index = others[at]!;
    end += places * records[index]!;
    if (mark >= end) continue;
    chosen.push(index);
    mark += total;
  }
  return chosen.sort((a, b) => a - b);
}

/**
 * A reduction to which the updates of a cohort that was chosen by size are added with their weights divided by the
 * probabilities: sums so weighted are unbiased (Horvitz and Thompson 1952, their estimator of a total). Where the weights
 * are the plan's records and everyone answers, these add up to all records there are, so that the mean is unbiased too;
 * else it is a ratio of two unbiased sums (Hajek 1971). What a client told of its weight stays as it is elsewhere.
 */
export function correcting(
  reduction: Reduction,
  { cohort, sampling }: Pick<RoundContext, 'cohort' | 'sampling'>,
): Reduction {
  if (sampling.kind !== 'by-size') return reduction;
  const inclusion = new Map(cohort.map((id, index) => [id, sampling.inclusion[index]!]));
  return {
    add: (update) => reduction.add({ ...update, weight: update.weight / inclusion.get(update.clientId)! }),
    finish: () => reduction.finish(),
  };
}

/** What a choice by size may be beside. */
interface Beside {
  readonly aggregator: Pick<Aggregator, 'name' | 'requires'>;
  readonly mechanisms?: readonly PrivacyMechanism[] | undefined;
  readonly collector?: Collector | undefined;
}

/**
 * A choice by size tells the records of each hospital and corrects each update by itself.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming what it can't be beside, or a client whose records the plan lacks
 */
export function assertBySize(
  plan: Plan,
  clients: readonly string[],
  { aggregator, mechanisms = [], collector = everyone }: Beside,
): void {
  const { cohort } = plan;
  if (cohort.select !== 'by-size') return;
  const refuse = (why: string, key = 'cohort.select'): never => {
    throw incompatible(`cohort.select by-size ${why}`, key);
  };
  if (!isTrainingPlan(plan)) refuse('corrects the mean of updates of a training, and the plan asks a query');
  if (aggregator.requires.includes('told-weights'))
    refuse(`makes an update count for hospitals that were not asked, and ${aggregator.name} needs told-weights: it bounds them, or counts each once`); // prettier-ignore
  for (const { name, removes, form, adjacency } of mechanisms) {
    if (form ?? removes?.includes('individual-updates'))
      refuse(`corrects each update's weight by itself, and needs individual-updates, which ${name} takes away`);
    if (adjacency) refuse(`tells the number of records of each hospital, which the price of ${name} does not cover`);
  }
  if (collector.enough)
    refuse(`needs all that it has chosen in their own round, and collector ${collector.name} ends rounds before`);
  const unknown = clients.find((id) => !Object.hasOwn(cohort.records, id));
  if (unknown !== undefined) refuse(`does not know the records of ${unknown}`, 'cohort.records');
}
