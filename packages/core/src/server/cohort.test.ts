import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { examplePlan } from '../testing/plan.js';
import { drawnIn, selectorOf } from './cohort.js';

const clients = Array.from({ length: 6 }, (_, i) => `hospital-${i}`);

describe('selectorOf', () => {
  it('asks everyone by default', () => {
    const select = selectorOf(examplePlan());
    expect(select(clients, new Random(1), 0)).toEqual({ cohort: clients, sampling: { kind: 'all' } });
  });

  const uniform = selectorOf(examplePlan({ cohort: { select: 'uniform', size: 2 } }));

  it("takes a subset in the clients' order, the same for the same stream", () => {
    for (let seed = 0; seed < 50; seed++) {
      const { cohort, sampling } = uniform(clients, new Random(seed), 0);
      expect(sampling).toEqual({ kind: 'uniform', size: 2, of: 6 });
      expect(new Set(cohort).size).toBe(2);
      expect(clients.filter((id) => cohort.includes(id))).toEqual(cohort);
      expect(uniform(clients, new Random(seed), 0).cohort).toEqual(cohort);
    }
  });

  it('takes each of the 15 pairs equally often', () => {
    const counts = new Map<string, number>();
    const random = new Random('pairs');
    for (let i = 0; i < 15_000; i++) {
      const pair = uniform(clients, random, 0).cohort.join();
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(15);
    // Pearson's chi squared with 14 degrees of freedom: 36.1 for one sample in a thousand.
    expect([...counts.values()].reduce((sum, k) => sum + (k - 1000) ** 2 / 1000, 0)).toBeLessThan(36.1);
  });

  it('asks clients in turn, each in one round of a cycle', () => {
    const select = selectorOf(examplePlan({ cohort: { select: 'cyclic', groups: 4 } }));
    const cohorts = [0, 1, 2, 3, 4].map((round) => select(clients, new Random(1), round));
    expect(cohorts.map(({ cohort }) => cohort.map((id) => clients.indexOf(id)))).toEqual([
      [0, 4],
      [1, 5],
      [2],
      [3],
      [0, 4],
    ]);
    expect(cohorts[0]!.sampling).toEqual({ kind: 'cyclic', groups: 4 });
  });

  describe('with shuffled turns', () => {
    const plan = examplePlan({ cohort: { select: 'cyclic', groups: 3, order: 'shuffled' } });
    const asked = (seed: number, round: number) =>
      selectorOf(plan)(clients, new Random(seed).fork('cohort', drawnIn(plan, round)), round);

    it('asks each client once in a cycle, in an order of its own', () => {
      const cycles = Array.from({ length: 40 }, (_, cycle) => [0, 1, 2].map((turn) => asked(7, 3 * cycle + turn)));
      for (const cycle of cycles) {
        expect(cycle.flatMap(({ cohort }) => cohort).sort()).toEqual(clients);
        for (const { cohort, sampling } of cycle) {
          expect(cohort).toHaveLength(2);
          expect(clients.filter((id) => cohort.includes(id))).toEqual(cohort);
          expect(sampling).toEqual({ kind: 'cyclic', groups: 3, order: 'shuffled' });
        }
      }
      // 90 ways to part six into three pairs in order: 40 cycles that are all alike are no accident.
      expect(new Set(cycles.map((cycle) => JSON.stringify(cycle))).size).toBeGreaterThan(20);
      const followed = cycles
        .slice(1)
        .some(([first], k) => first!.cohort.some((id) => cycles[k]![2]!.cohort.includes(id)));
      expect(followed, 'a client that is asked in two rounds that follow').toBe(true);
    });

    it('asks the same of the same seed, and other clients of another', () => {
      const rounds = [...Array(12).keys()];
      expect(rounds.map((round) => asked(7, round))).toEqual(rounds.map((round) => asked(7, round)));
      expect(rounds.map((round) => asked(8, round))).not.toEqual(rounds.map((round) => asked(7, round)));
    });

    it('gives each client each turn equally often', () => {
      const counts = [0, 0, 0];
      for (let seed = 0; seed < 3000; seed++) counts[[0, 1, 2].findIndex((turn) => asked(seed, turn).cohort.includes('hospital-4'))]!++; // prettier-ignore
      // Pearson's chi squared with 2 degrees of freedom: 13.8 for one sample in a thousand.
      expect(counts.reduce((sum, k) => sum + (k - 1000) ** 2 / 1000, 0)).toBeLessThan(13.8);
    });
  });

  it('draws each round by itself where turns are not shuffled', () => {
    for (const cohort of [{ select: 'all' }, { select: 'uniform', size: 2 }, { select: 'cyclic', groups: 3 }] as const)
      expect([0, 1, 5].map((round) => drawnIn(examplePlan({ cohort }), round))).toEqual([0, 1, 5]);
  });

  it('takes everyone where there are no more', () => {
    expect(uniform(clients.slice(0, 1), new Random(1), 0)).toEqual({
      cohort: ['hospital-0'],
      sampling: { kind: 'uniform', size: 1, of: 1 },
    });
  });
});
