import { describe, expect, it } from 'vitest';
import { populationOf } from '../scenario/population.js';
import type { Hospital } from '../scenario/scenario.js';
import { tutorial } from '../scenario/tutorial.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import { recordsAmong } from './declared-records.js';
import type { SimulateOptions } from './options.js';

const hospital = (id: string, count: number) => ({ id, train: { count } }) as unknown as Hospital;
const hospitals = [hospital('a', 300), hospital('b', 100), hospital('c', 2)];
const population = populationOf(hospitals, { test: {} as never, inputShape: [100], classes: 2 });
const optionsOf = (options: Partial<SimulateOptions>) =>
  buildPlan(
    tutorial,
    population,
    { scenario: 'tutorial', privacy: 'none', aggregator: 'size-aware', ...options },
    allInstalled,
  ).aggregator.options;

describe('records that a plan declares', () => {
  it('are those of the training parts, where shares are capped and nothing is protected', () => {
    expect(optionsOf({})).toEqual({ records: { a: 300, b: 100, c: 2 } });
    expect(optionsOf({ flags: { 'most-share': 0.4 } })).toEqual({ mostShare: 0.4, records: { a: 300, b: 100, c: 2 } });
    expect(optionsOf({ aggregator: 'fedavg' })).not.toHaveProperty('records');
  });

  it('are left as someone has said them', () => {
    const records = { a: 9, b: 9, c: 9 };
    expect(optionsOf({ set: { 'aggregator.options.records': records } })).toEqual({ records });
    expect(optionsOf({ set: { 'aggregator.options.mostRecords': 1 } })).toEqual({ mostRecords: 1 });
  });

  it('are told to nobody under a price, nor under secure aggregation', () => {
    expect(optionsOf({ privacy: 'dp-sgd', epsilon: 1, delta: 1e-5 })).toEqual({});
    expect(optionsOf({ secagg: true })).toEqual({});
  });

  it('are those of a fold, without who is not in it', () => {
    const aggregator = { name: 'size-aware', options: { mostShare: 0.4, records: { a: 300, b: 100, c: 2 } } };
    expect(recordsAmong(aggregator, [hospital('a', 240), hospital('c', 2)]).options).toEqual({
      ...{ mostShare: 0.4, records: { a: 240, c: 2 } },
    });
    // Who declares fewer than it has counts with those.
    expect(recordsAmong(aggregator, [hospital('b', 400)]).options).toMatchObject({ records: { b: 100 } });
    const other = { name: 'fedavg', options: { records: { a: 1 } } };
    expect(recordsAmong(other, [])).toBe(other);
    const without = { name: 'size-aware', options: {} };
    expect(recordsAmong(without, [hospital('a', 1)])).toBe(without);
  });
});
