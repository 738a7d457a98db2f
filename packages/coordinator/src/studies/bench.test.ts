import { describe, expect, it } from 'vitest';
import { Bench } from './bench.js';
import { alwaysPresent } from './presence.js';

describe('Bench', () => {
  it('forgets nothing of a round that a member has cost, though it goes away in that very round', () => {
    const bench = new Bench('run', alwaysPresent);
    expect(bench.inRound(0)).toBe(true);
    expect(bench.inRound(0)).toBe(false);
    bench.missed('a', 'deadline');
    bench.away('a');
    bench.over();
    expect(bench.inRound(1)).toBe(true);
    expect(bench.why('a')).toBe('a has kept a round waiting: it is asked again in the next round');
    bench.away('a');
    expect(bench.why('a')).toBeUndefined();
  });

  it('leaves nobody out for more than 64 rounds', () => {
    const bench = new Bench('run', alwaysPresent);
    const left: number[] = [];
    for (let misses = 0; misses < 9; misses++) {
      bench.over();
      bench.inRound(0);
      bench.missed('a', 'deadline');
      let rounds = 0;
      for (bench.over(), bench.inRound(0); bench.why('a') !== undefined; bench.over(), bench.inRound(0)) rounds++;
      left.push(rounds);
    }
    expect(left).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64]);
  });
});
