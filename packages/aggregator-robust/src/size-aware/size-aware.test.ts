import { type TrainingPlanInput } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeAware, sizeAwareSite } from '../index.js';
import { changeBy, layout, norm, planOf, updateOf } from '../testing/rounds.js';
import { mostCounted } from './cap.js';

const records = { 'hospital-0': 994, 'hospital-1': 6 };
const seeded = { seed: 7, numRuns: 100, endOnFailure: true };

describe('a hospital with 0.6 % of the records', () => {
  const honest = updateOf(0, [0.3, -0.2, 0.1, 0, 0.4], 994);
  const clipNorm = 1;
  const aggregator = sizeAware({ mostShare: 1, clipNorm, records });
  const without = changeBy(aggregator, [honest]);
  const lies: readonly (readonly [string, readonly number[], number])[] = [
    ['a change scaled by 1000', [300, -200, 100, 0, 400], 6],
    ['a change with its sign turned', [-300, 200, -100, 0, -400], 6],
    ['a count that is inflated', [-0.3, 0.2, -0.1, 0, -0.4], 2 ** 31],
    ['all of that', [-3e9, 2e9, -1e9, 0, -4e9], 2 ** 31],
  ];
  it.each(lies)('moves the mean by no more than its share times the clip norm, with %s', (_, values, weight) => {
    const change = changeBy(aggregator, [honest, updateOf(1, values, weight)]);
    // What it adds is its own term over the divisor; the honest term is as it was, over the same.
    const moved = change.map((x, i) => x - without[i]! * (994 / 1000));
    expect(norm(moved)).toBeLessThanOrEqual(0.006 * clipNorm * (1 + 1e-5));
  });

  it('is refused where it gives itself a name that nobody declared', () => {
    expect(() => changeBy(aggregator, [honest, updateOf(2, [1, 1, 1, 1, 1], 6)])).toThrow(
      expect.objectContaining({ code: 'UPDATE_INVALID', subject: 'hospital-2' }),
    );
  });
});

describe('size-aware', () => {
  const row = fc.array(fc.float({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 5 });
  const cohort = fc.array(fc.tuple(row, fc.integer({ min: 1, max: 2 ** 31 })), { minLength: 1, maxLength: 8 });

  it('lets nobody move the model by more than kappa C, whoever else answers', () => {
    fc.assert(
      fc.property(
        cohort,
        fc.constantFrom(0.1, 0.25, 0.5, 1),
        fc.constantFrom(1, 7, 1000),
        (members, mostShare, mostRecords) => {
          // prettier-ignore
          const aggregator = sizeAware({ mostShare, clipNorm: 2, mostRecords });
          const all = members.map(([values, weight], i) => updateOf(i, values, weight));
          const counted = all.reduce((sum, { weight }) => sum + Math.min(weight, mostRecords), 0);
          const divisor = Math.max(counted, (counted === all.length ? 1 : mostRecords) / mostShare);
          const change = changeBy(aggregator, all);
          // With the same divisor, a zero in its place: the difference is what it moves.
          all.forEach((one, k) => {
            const zeroed = changeBy(aggregator, all.map((other, i) => (i === k ? updateOf(i, [0, 0, 0, 0, 0], one.weight) : other))); // prettier-ignore
            const moved = norm(change.map((x, i) => x - zeroed[i]!));
            expect(moved).toBeLessThanOrEqual((2 * Math.min(one.weight, mostRecords)) / divisor + 1e-6);
            expect(moved).toBeLessThanOrEqual(mostShare * 2 + 1e-6);
          });
        },
      ),
      seeded,
    );
  });

  it('is the plain mean by records where nothing is beyond its bounds', () => {
    const all = [updateOf(0, [1, 2, 3, 4, 5], 30), updateOf(1, [5, 4, 3, 2, 1], 10)];
    const wide = { clipNorm: 100, mostRecords: 30, mostShare: 1 };
    expect([...changeBy(sizeAware(wide), all)]).toEqual([2, 2.5, 3, 3.5, 4]);
  });

  it('counts each site once with no option', () => {
    const all = [updateOf(0, [0.5, 0, 0, 0, 0], 300), updateOf(1, [0, 0.5, 0, 0, 0], 1)];
    expect([...changeBy(sizeAware(), all)]).toEqual([0.25, 0.25, 0, 0, 0]);
    // Alone it has its share of the mean and no more.
    expect([...changeBy(sizeAware(), all.slice(0, 1))]).toEqual([0.25, 0, 0, 0, 0]);
  });

  it('has its floor by what counts, where a mechanism has each count once', () => {
    const rule = sizeAware({ mostRecords: 300, mostShare: 0.5, clipNorm: 100 });
    const all = [updateOf(0, [4, 0, 0, 0, 0]), updateOf(1, [0, 4, 0, 0, 0]), updateOf(2, [0, 0, 0, 0, 0]), updateOf(3, [0, 0, 0, 0, 0])]; // prettier-ignore
    expect([...changeBy(rule, all)]).toEqual([1, 1, 0, 0, 0]);
    // Two that together weigh as if each did are not taken for it: nobody has more than half.
    const [small, large] = [
      { ...all[0]!, weight: 0.01 },
      { ...all[1]!, weight: 1.99 },
    ];
    expect([...changeBy(rule, [small, large])][1]).toBeLessThanOrEqual(2);
  });

  it('tells how far each can move the model', () => {
    const weights = new Map(Object.entries(records));
    const declared = sizeAware({ mostShare: 1, clipNorm: 2, records }).reach!(weights);
    expect(declared.map(({ id, share, most }) => [id, share, most])).toEqual([
      ['hospital-0', 0.994, 1.988],
      ['hospital-1', 0.006, 0.012],
    ]);
    // Nothing declared: it may claim as much as counts.
    const [, small] = sizeAware({ mostShare: 0.25, mostRecords: 100 }).reach!(weights);
    expect(small).toMatchObject({ share: 0.25, most: 0.25, because: expect.stringContaining('secure aggregation') as string }); // prettier-ignore
    const stranger = sizeAware({ records }).reach!(new Map([['hospital-9', 10]]));
    expect(stranger).toMatchObject([{ share: 0, most: 0, because: expect.stringContaining('refused') as string }]);
  });

  it('refuses to count records under a price, which hides them', () => {
    const privacy: TrainingPlanInput['privacy'] = { mechanisms: [{ name: 'any' }], accountant: 'pld', delta: 1e-5 };
    for (const half of [sizeAware({ mostRecords: 5 }), sizeAwareSite({ mostRecords: 5 })])
      expect(() => half.validate!(planOf({ privacy }))).toThrow(
        expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'aggregator.options.mostRecords' }),
      );
    expect(() => sizeAware().validate!(planOf({ privacy }))).not.toThrow();
    expect(() => sizeAware({ mostRecords: 5 }).validate!(planOf())).not.toThrow();
  });

  it('refuses options out of range, naming the key', () => {
    const wrong = [{ mostShare: 0 }, { mostShare: 1.1 }, { clipNorm: 0 }, { mostRecords: 0.5 }, { records: { a: 0 } }];
    for (const options of wrong)
      expect(() => sizeAware(options)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', subject: expect.stringMatching(`^${Object.keys(options)[0]}`) as string }), // prettier-ignore
      );
  });
});

describe('the site', () => {
  it('clips what it trained, and counts no more than it may', async () => {
    const answer = async (options: Parameters<typeof sizeAwareSite>[0], clientId = 'hospital-0') => {
      const sent = { layout, values: new Float32Array(5) };
      const trained = { payload: { layout, values: Float32Array.of(3, 4, 0, 0, 0) }, metrics: {}, steps: 1 };
      const context = { clientId, sent, instructions: {}, model: layout, data: { count: 40 }, train: () => Promise.resolve(trained) }; // prettier-ignore
      return sizeAwareSite(options).answer(context as never);
    };
    const { update, weight } = await answer({ clipNorm: 1, mostRecords: 30 });
    expect(norm(update.values)).toBeLessThanOrEqual(1);
    expect([...update.values].slice(0, 2)).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
    expect(weight).toBe(30);
    expect((await answer({ mostRecords: 100 })).weight).toBe(40);
    expect((await answer({})).weight).toBe(1);
    await expect(answer({ records: { other: 5 } })).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
  });
});

describe('mostCounted', () => {
  it('is the most for which no hospital has more than its share, by hand', () => {
    expect(mostCounted([994, 6], 1)).toBe(994);
    expect(mostCounted([994, 6], 0.5)).toBe(6);
    expect(mostCounted([100, 50, 50, 10], 0.4)).toBe(73);
    expect(mostCounted([10, 20], 0.25)).toBe(10); // two can't each have a quarter
  });

  it('is the largest that fits', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0.1, max: 1, noNaN: true }), (n, kappa) => {
        const c = mostCounted(n, kappa);
        const fits = (cap: number) => Math.min(cap, Math.max(...n)) <= kappa * n.reduce((sum, x) => sum + Math.min(x, cap), 0) + 1e-6; // prettier-ignore
        if (kappa * n.length < 1) expect(c).toBe(Math.min(...n));
        else {
          expect(fits(c)).toBe(true);
          if (c < Math.max(...n)) expect(fits(c + 1 + 1e-3)).toBe(false);
        }
      }),
      seeded,
    );
  });
});
