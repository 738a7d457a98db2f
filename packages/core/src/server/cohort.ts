import type { RoundContext } from '../interfaces/aggregator.js';
import type { Random } from '../random/random.js';
import type { Plan } from '../plan/plan.js';
import { inclusionBySize, sampleBySize } from './by-size.js';

/** Who is asked in a round, and how they were chosen. */
export type Cohort = Pick<RoundContext, 'cohort' | 'sampling'>;

/** Chooses who is asked in a round. @param random of the round `drawnIn`, the same draws whenever it is asked again */
export type ClientSelector = (clients: readonly string[], random: Random, round: number) => Cohort;

/** The plan's own choice: everyone, a random subset in the clients' order, uniform or by size, or those whose turn it is. */
export function selectorOf(plan: Plan): ClientSelector {
  const rule = plan.cohort;
  if (rule.select === 'all') return (clients) => ({ cohort: clients, sampling: { kind: 'all' } });
  if (rule.select === 'by-size')
    return (clients, random) => {
      const size = Math.min(rule.size, clients.length);
      const records = clients.map((id) => rule.records[id]!);
      const chosen = sampleBySize(records, size, random);
      const inclusion = inclusionBySize(records, size);
      return {
        cohort: chosen.map((index) => clients[index]!),
        sampling: { kind: 'by-size', size, of: clients.length, inclusion: chosen.map((index) => inclusion[index]!) },
      };
    };
  if (rule.select === 'cyclic') return (clients, random, round) => inTurn(rule, clients, random, round);
  return (clients, random) => {
    const size = Math.min(rule.size, clients.length);
    const chosen = sample(clients.length, size, random).sort((a, b) => a - b);
    return {
      cohort: chosen.map((index) => clients[index]!),
      sampling: { kind: 'uniform', size, of: clients.length },
    };
  };
}

/**
 * The round whose stream a choice is drawn from: that of a shuffled cycle's first for all of its rounds, since they share
 * one permutation; else the round itself.
 */
export function drawnIn({ cohort: rule }: Plan, round: number): number {
  return rule.select === 'cyclic' && rule.order === 'shuffled' ? round - (round % rule.groups) : round;
}

function inTurn(
  { groups, order }: Extract<Plan['cohort'], { select: 'cyclic' }>,
  clients: readonly string[],
  random: Random,
  round: number,
): Cohort {
  const turn = round % groups;
  if (order !== 'shuffled')
    return { cohort: clients.filter((_, place) => place % groups === turn), sampling: { kind: 'cyclic', groups } };
  const places = random.permutation(clients.length);
  return {
    cohort: clients.filter((_, index) => places[index]! % groups === turn),
    sampling: { kind: 'cyclic', groups, order },
  };
}

/** `size` different integers of 0..n-1, in time linear in `size` (Floyd's algorithm: Bentley and Floyd 1987). */
function sample(n: number, size: number, random: Random): number[] {
  const chosen = new Set<number>();
  for (let bound = n - size; bound < n; bound++) {
    const candidate = random.integer(0, bound + 1);
    chosen.add(chosen.has(candidate) ? bound : candidate);
  }
  return [...chosen];
}
