import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { examplePlan } from '../testing/plan.js';
import { selectorOf } from './cohort.js';

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

  it('takes everyone where there are no more', () => {
    expect(uniform(clients.slice(0, 1), new Random(1), 0)).toEqual({
      cohort: ['hospital-0'],
      sampling: { kind: 'uniform', size: 1, of: 1 },
    });
  });
});
