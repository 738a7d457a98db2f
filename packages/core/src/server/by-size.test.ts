import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../base/json.js';
import type { RoundContext } from '../interfaces/aggregator.js';
import { memoryAuditSink } from '../memory/audit.js';
import { inMemoryTransport } from '../memory/transport.js';
import { weightedSum } from '../aggregation/weighted-sum.js';
import { Random } from '../random/random.js';
import { exampleFederation, exampleLayout, exampleResult, exampleSites, fakeMechanism } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { filled } from '../testing/rounds.js';
import { correcting, inclusionBySize, sampleBySize } from './by-size.js';
import { buffered } from './collector.js';
import { runFederation } from './run.js';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const some = fc
  .array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 30 })
  .chain((records) => fc.record({ records: fc.constant(records), size: fc.integer({ min: 1, max: records.length }) }));

describe('inclusionBySize', () => {
  it('is in proportion to records', () => {
    const [a, b, c] = inclusionBySize([10, 20, 70], 1);
    expect([a, b, c]).toEqual([0.1, 0.2, 0.7]);
  });

  it('is 1 for one that is larger than its share, and the rest is parted among the others', () => {
    expect(inclusionBySize([10, 20, 70], 2)).toEqual([1 / 3, 2 / 3, 1]);
    expect(inclusionBySize([5, 5], 2)).toEqual([1, 1]);
    // The second passes 1 only once the first has been taken out.
    expect(inclusionBySize([1000, 40, 30, 30], 3)).toEqual([1, 0.8, 0.6, 0.6]);
    expect(inclusionBySize([1000, 60, 20, 20], 3)).toEqual([1, 1, 0.5, 0.5]);
  });

  it('adds up to the places, has none above 1, and is proportional among those below', () => {
    fc.assert(
      fc.property(some, ({ records, size }) => {
        const inclusion = inclusionBySize(records, size);
        expect(sum(inclusion)).toBeCloseTo(size, 9);
        expect(Math.max(...inclusion)).toBeLessThanOrEqual(1);
        const rates = inclusion.flatMap((p, i) => (p < 1 ? [p / records[i]!] : []));
        for (const rate of rates) expect(rate / rates[0]!).toBeCloseTo(1, 12);
        const certain = records.filter((_, i) => inclusion[i] === 1);
        const open = records.filter((_, i) => inclusion[i]! < 1);
        expect(Math.min(...certain, Infinity)).toBeGreaterThanOrEqual(Math.max(...open, -Infinity));
      }),
      { seed: 1 },
    );
  });
});

describe('sampleBySize', () => {
  it('takes as many as there are places, all different, in order, the same for the same stream', () => {
    fc.assert(
      fc.property(some, fc.integer(), ({ records, size }, seed) => {
        const chosen = sampleBySize(records, size, new Random(seed));
        expect(new Set(chosen).size).toBe(size);
        expect(chosen).toEqual(chosen.toSorted((a, b) => a - b));
        expect(chosen).toEqual(sampleBySize(records, size, new Random(seed)));
        for (const [i, p] of inclusionBySize(records, size).entries()) if (p === 1) expect(chosen).toContain(i);
      }),
      { seed: 2 },
    );
  });

  it('takes each as often as its probability says, and lets any two meet', () => {
    const records = [3, 10, 17, 30, 40, 300];
    const [size, draws] = [3, 20_000];
    const inclusion = inclusionBySize(records, size);
    const random = new Random('frequencies');
    const counts = records.map(() => 0);
    const pairs = new Set<string>();
    for (let draw = 0; draw < draws; draw++) {
      const chosen = sampleBySize(records, size, random);
      for (const index of chosen) counts[index]!++;
      for (const a of chosen) for (const b of chosen) if (a < b) pairs.add(`${a} ${b}`);
    }
    expect(counts[5]).toBe(draws);
    // Each by itself, standardised: 3.9 is passed by one in ten thousand.
    for (const [i, p] of inclusion.slice(0, 5).entries())
      expect(Math.abs(counts[i]! - draws * p) / Math.sqrt(draws * p * (1 - p)), `client ${i}`).toBeLessThan(3.9);
    // Chi squared of the two-place choice among five with a sum that is fixed: at most 4 degrees; 23.5 for 1 in 10,000.
    const chi = sum(inclusion.slice(0, 5).map((p, i) => (counts[i]! - draws * p) ** 2 / (draws * p)));
    expect(chi).toBeLessThan(23.5);
    expect(pairs.size).toBe(15);
  });
});

describe('a mean over a cohort that was chosen by size', () => {
  const records = [30, 5, 200, 11, 54, 40, 8];
  const value = (index: number): number => Math.sqrt(records[index]!);
  const ids = records.map((_, index) => `h${index}`);
  const whole = sum(records.map((count, i) => count * value(i))) / sum(records);

  /** Of each of many draws the mean, with the weight that `weigh` gives. */
  function means(correct: boolean, weigh: (index: number) => number): number[] {
    const random = new Random('unbiased');
    return Array.from({ length: 4000 }, () => {
      const chosen = sampleBySize(records, 3, random);
      const inclusion = inclusionBySize(records, 3);
      const sampling = { kind: 'by-size', size: 3, of: 7, inclusion: chosen.map((i) => inclusion[i]!) } as const;
      const context: Pick<RoundContext, 'cohort' | 'sampling'> = { cohort: chosen.map((i) => ids[i]!), sampling };
      const plain = weightedSum({ layout: exampleLayout });
      const reduction = correct ? correcting(plain, context) : plain;
      for (const i of chosen)
        reduction.add(exampleResult({ clientId: ids[i]!, payload: filled(value(i)), weight: weigh(i) }));
      const { payload, divisor } = reduction.finish();
      return payload[0]! / divisor;
    });
  }

  /** How many standard errors the mean over draws is from that over everyone. */
  function bias(drawn: readonly number[]): number {
    const mean = sum(drawn) / drawn.length;
    const variance = sum(drawn.map((x) => (x - mean) ** 2)) / (drawn.length - 1);
    return Math.abs(mean - whole) / Math.sqrt(variance / drawn.length);
  }

  it('is on average the mean over everyone; without the correction it is far from it', () => {
    expect(bias(means(true, (i) => records[i]!))).toBeLessThan(3.3);
    expect(bias(means(false, (i) => records[i]!))).toBeGreaterThan(20);
  });

  it('has all records there are as its divisor, whoever was chosen', () => {
    const inclusion = inclusionBySize(records, 3);
    for (let seed = 0; seed < 50; seed++) {
      const chosen = sampleBySize(records, 3, new Random(seed));
      expect(sum(chosen.map((i) => records[i]! / inclusion[i]!))).toBeCloseTo(sum(records), 9);
    }
  });
});

describe('a run whose cohorts are chosen by size', () => {
  const records = { 'hospital-1': 10, 'hospital-2': 20, 'hospital-3': 30 };
  const ids = Object.keys(records);
  const plan = examplePlan({ rounds: 8, cohort: { select: 'by-size', size: 2, records } });
  const federationOf = (changes = {}) =>
    exampleFederation({ plan, transport: inMemoryTransport(exampleSites(plan)), ...changes });

  it('names its probabilities in the log, divides weights by them, and repeats for its seed', async () => {
    const audit = memoryAuditSink();
    const { rounds, model } = await runFederation(federationOf({ audit }));
    const inclusion = new Map(ids.map((id, i) => [id, inclusionBySize([10, 20, 30], 2)[i]!]));
    for (const { type, details } of audit.events) {
      const { cohort, sampling, divisor } = details as Record<string, Json>;
      if (type === 'round-start')
        expect(sampling).toMatchObject({
          kind: 'by-size',
          inclusion: (cohort as string[]).map((id) => inclusion.get(id)),
        });
      if (type === 'aggregation') expect(divisor).toBeCloseTo(60, 9);
    }
    expect(audit.events.filter(({ type }) => type === 'aggregation')).toHaveLength(8);
    expect(rounds.map(({ participants }) => participants.length)).toEqual(Array(8).fill(2));
    expect(new Set(rounds.flatMap(({ participants }) => participants)).size).toBe(3);
    const again = await runFederation(federationOf());
    expect(again.rounds).toEqual(rounds);
    expect(again.model.values).toEqual(model.values);
  });

  it('is refused by name where records are unknown, may not be told, or updates are not seen', async () => {
    const few = examplePlan({
      cohort: { select: 'by-size', size: 2, records: { 'hospital-1': 10, 'hospital-2': 20 } },
    });
    await expect(runFederation(federationOf({ plan: few }))).rejects.toMatchObject({
      ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'cohort.records' },
      message: 'cohort.select by-size does not know the records of hospital-3',
    });
    const many = examplePlan({ cohort: { select: 'by-size', size: 4, records } });
    await expect(runFederation(federationOf({ plan: many }))).rejects.toMatchObject({ subject: 'cohort.size' });
    const priced = examplePlan({ cohort: plan.cohort, privacy: examplePrivacy });
    const { adjacency: _, event: __, gradient: ___, ...free } = fakeMechanism();
    void [_, __, ___];
    const hiding = { ...free, removes: ['individual-updates'] };
    for (const [mechanism, why] of [
      [fakeMechanism(), /tells the number of records .* the price of fake/],
      [hiding, /needs individual-updates, which fake takes away/],
    ] as const) {
      const { accountant: ____, delta: _____, ...unpriced } = examplePrivacy;
      void [____, _____];
      const under = mechanism === hiding ? examplePlan({ cohort: plan.cohort, privacy: unpriced }) : priced;
      await expect(runFederation(federationOf({ plan: under, mechanisms: [mechanism] }))).rejects.toMatchObject({
        ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'cohort.select' },
        message: expect.stringMatching(why) as string,
      });
    }
    const { aggregator } = federationOf();
    const bounding = { ...aggregator, requires: ['told-weights'] };
    await expect(runFederation(federationOf({ aggregator: bounding }))).rejects.toMatchObject({
      ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'cohort.select' },
      message: expect.stringMatching(/count for hospitals that were not asked, and .* needs told-weights/) as string,
    });
    const early = examplePlan({ cohort: plan.cohort, collector: { name: 'buffered' } });
    await expect(
      runFederation(federationOf({ plan: early, collector: { ...buffered({ size: 1, patience: 1 }), requires: [] } })),
    ).rejects.toThrow(/by-size needs all that it has chosen/);
  });
});
