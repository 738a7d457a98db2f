import { describe, expect, it } from 'vitest';
import { strategyNotices } from './strategy-notices.js';

const priced = { mechanisms: [], accountant: 'pld', delta: 1e-5 } as never;
const ditto = { name: 'ditto', options: { lambda: 1 } };

describe('what is noticed of an aggregator', () => {
  it('is that personal models are not shown where something has a price', () => {
    expect(strategyNotices({ aggregator: ditto, privacy: priced }, true)).toEqual([
      expect.stringMatching(/^Personal models of ditto are neither written nor compared here/),
    ]);
    expect(strategyNotices({ aggregator: ditto, privacy: null }, true)).toEqual([]);
    expect(strategyNotices({ aggregator: ditto, privacy: priced }, false)).toEqual([]);
  });

  it('is that the plan tells numbers of records, where it does', () => {
    const told = { name: 'size-aware', options: { records: { a: 1 } } };
    expect(strategyNotices({ aggregator: told, privacy: null }, false)).toEqual([
      expect.stringMatching(/^The plan tells all hospitals how many records each trains on/),
    ]);
    expect(strategyNotices({ aggregator: { name: 'size-aware', options: {} }, privacy: null }, false)).toEqual([]);
  });
});
