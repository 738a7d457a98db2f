import {
  createLayout,
  createParameters,
  parsePlan,
  PluginRegistry,
  type RoundContext,
  type Update,
} from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fedBuff, plugins, stalenessFactor, type FedBuffOptions, type Staleness } from './index.js';

const layout = createLayout([{ name: 'w', shape: [2] }]);
const plan = parsePlan({
  ...{ schemaVersion: 1, name: 'fedbuff', seed: 1, rounds: 20 },
  model: { inputShape: [1], layers: [{ type: 'dense', units: 1 }], loss: 'sigmoid-cross-entropy' },
  training: {
    trainer: 'none',
    batches: { kind: 'shuffle', size: 8, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  aggregator: { name: 'fedbuff' },
});
const contextOf = (round: number): RoundContext => ({
  ...{ runId: 'run-1', round, plan, population: 5, cohort: ['a', 'b', 'c'] },
  sampling: { kind: 'all' },
});

const update = (values: readonly number[], weight: number, baseRound: number): Update => ({
  ...{ clientId: 'a', baseRound, weight, metrics: {}, spent: [], simulationOnly: false },
  payload: createParameters(layout, Float32Array.from(values)),
});

/** The model after one round from zeros. */
function after(round: number, updates: readonly Update[], options: FedBuffOptions = {}): number[] {
  const aggregator = fedBuff(options);
  const context = contextOf(round);
  const state = aggregator.init(createParameters(layout), context);
  const reduction = aggregator.reduce(state, context);
  for (const one of updates) reduction.add(one);
  return [...aggregator.parameters(aggregator.apply(state, reduction.finish(), context)).values];
}

describe('fedBuff', () => {
  it('gives the buffer of Nguyen et al., algorithm 1 and section 5, by hand', () => {
    // (1 * 30 * [1, 2] + 1 / sqrt(1 + 3) * 10 * [4, 8]) / 40
    expect(after(7, [update([1, 2], 30, 7), update([4, 8], 10, 4)])).toEqual([1.25, 2.5]);
  });

  it('moves by its learning rate', () => {
    expect(after(7, [update([1, 2], 30, 7), update([4, 8], 10, 4)], { learningRate: 0.5 })).toEqual([0.625, 1.25]);
  });

  it('is less moved by a buffer of old updates than by the same ones fresh', () => {
    expect(after(8, [update([4, 8], 10, 5)])).toEqual([2, 4]);
    expect(after(8, [update([4, 8], 10, 8)])).toEqual([4, 8]);
    expect(after(8, [update([4, 8], 10, 5)], { staleness: { kind: 'constant' } })).toEqual([4, 8]);
  });

  it('never moves further than by the largest change, and less the older', () => {
    const member = fc.tuple(
      ...[fc.float({ min: -100, max: 100, noNaN: true }), fc.integer({ min: 1, max: 1000 }), fc.nat(30)],
    );
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 8 }), (members) => {
        const [moved] = after(
          30,
          members.map(([x, weight, base]) => update([x!, 0], weight!, base!)),
        );
        const largest = Math.max(...members.map(([x]) => Math.abs(x!)));
        expect(Math.abs(moved!)).toBeLessThanOrEqual(largest * (1 + 1e-6));
      }),
      { seed: 14 },
    );
  });

  it('refuses what is no option, by its name', () => {
    for (const [options, subject] of [
      [{ learningRate: 0 }, 'learningRate'],
      [{ staleness: { kind: 'polynomial', exponent: -1 } }, 'staleness.exponent'],
      [{ staleness: { kind: 'hinge', exponent: 1 } }, 'staleness.exponent'],
      [{ staleness: { kind: 'linear' } }, 'staleness.kind'],
    ] as const)
      expect(() => fedBuff(options as FedBuffOptions)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', subject }),
      );
  });
});

describe('stalenessFactor', () => {
  const all: readonly Staleness[] = [
    { kind: 'polynomial', exponent: 0.5 },
    { kind: 'polynomial', exponent: 2 },
    { kind: 'constant' },
    { kind: 'hinge', slope: 10, after: 4 },
  ];

  it('is that of the papers', () => {
    expect([0, 3, 8].map((s) => stalenessFactor(all[0]!, s))).toEqual([1, 1 / 2, 1 / 3]);
    expect(stalenessFactor(all[1]!, 3)).toBe(1 / 16);
    expect([0, 4, 5, 6].map((s) => stalenessFactor(all[3]!, s))).toEqual([1, 1, 1 / 11, 1 / 21]);
  });

  it('is 1 for what is fresh, and never rises', () => {
    for (const one of all) {
      const along = Array.from({ length: 50 }, (_, s) => stalenessFactor(one, s));
      expect(along[0]).toBe(1);
      along.forEach((factor, s) => expect(factor > 0 && factor <= (along[s - 1] ?? 1)).toBe(true));
    }
  });
});

describe('plugins', () => {
  const registry = new PluginRegistry(plugins);

  it('makes both by their names', () => {
    expect(registry.create('aggregator', { name: 'fedbuff', options: {} }).provides).toContain('stale-updates');
    const collector = registry.create('collector', { name: 'buffered', options: { size: 2 } });
    expect(collector).toMatchObject({ name: 'buffered', patience: 100 });
    const progress = { round: 3, asked: 2, failed: 1, underWay: 2 };
    expect([1, 2].map((arrived) => collector.enough!({ ...progress, arrived }))).toEqual([false, true]);
  });

  it('refuses a buffer of nothing', () => {
    expect(() => registry.create('collector', { name: 'buffered', options: { size: 0 } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'collector.options.size' }),
    );
  });
});
