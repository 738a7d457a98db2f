import { describe, expect, it } from 'vitest';
import { reachOfRun } from './plan-reach.js';

/** Five simulated hospitals. */
const tutorial = { scenario: 'tutorial', local: false } as const;
const by = async (options: object = {}) => (await reachOfRun({ ...tutorial, ...options })).hospitals;

describe('reachOfRun', () => {
  it('tells of a mean the shares by records, and no bound', async () => {
    const hospitals = await by({ privacy: 'none' });
    expect(hospitals).toHaveLength(5);
    const total = hospitals.reduce((sum, { records }) => sum + records, 0);
    for (const { records, share, most, because } of hospitals) {
      expect(share).toBeCloseTo(records / total, 12);
      expect(most).toBeNull();
      expect(because).toBe('fedavg takes an update of any size, and the number of records that a site says it has');
    }
    const [equal] = await by({ privacy: 'none', set: { 'aggregator.options': { weighting: 'equal' } } });
    expect(equal!.because).toBe('fedavg takes an update of any size, and the weight that a site says it has');
    const [priced] = await by({ privacy: 'dp-sgd', epsilon: 1, delta: 1e-5 });
    expect(priced).toMatchObject({ share: 0.2, because: 'fedavg takes an update of any size, and counts each site once, since nobody tells numbers of records' }); // prettier-ignore
  });

  it('tells what a rule that caps and clips lets through', async () => {
    const options = { mostShare: 0.3, clipNorm: 2 };
    const hospitals = await by({ set: { 'aggregator.name': 'size-aware', 'aggregator.options': options } });
    for (const { share, most } of hospitals) expect({ share, most }).toEqual({ share: 0.2, most: 0.4 });
  });

  it('tells of a hospital in the round in which it has the most say', async () => {
    const open = { privacy: 'none' } as const;
    const sharesOf = async (options: object) => (await by({ ...open, ...options })).map(({ share }) => share);
    const records = (await by(open)).map(({ records }) => records);
    const [lightest, next] = records.toSorted((a, b) => a - b) as [number, number];
    const beside = records.map((n) => n / (n + (n === lightest ? next : lightest)));
    expect(await sharesOf({ cohort: 1, select: 'cyclic' })).toEqual([1, 1, 1, 1, 1]);
    expect(await sharesOf({ cohort: 2 })).toEqual(beside);
    expect(await sharesOf({ aggregator: 'fedbuff', collect: 2 })).toEqual(beside);
    for (const share of await sharesOf({ cohort: 2, select: 'by-size' })) expect(share).toBeCloseTo(0.5, 12);
    expect(await sharesOf({ set: { 'aggregator.options': { weighting: 'equal' } } })).toEqual(Array(5).fill(0.2));
    const rule = { 'aggregator.name': 'size-aware', 'aggregator.options': { mostShare: 0.3, clipNorm: 2 } };
    for (const { most } of await by({ ...open, cohort: 1, set: rule })) expect(most).toBeCloseTo(0.6, 12);
  });

  it('tells what a mechanism that clips at the server makes of it, under which nobody tells records', async () => {
    const hospitals = await by({ privacy: 'central', epsilon: 5, delta: 1e-5, clipNorm: 0.5 });
    for (const { share, most, because } of hospitals) {
      expect({ share, most }).toEqual({ share: 0.2, most: 0.1 });
      expect(because).toContain('central clips');
    }
  });

  it('tells that nobody can bound what the server does not see', async () => {
    const hospitals = await by({ secagg: true, set: { 'aggregator.name': 'size-aware' } });
    for (const { most, because } of hospitals) {
      expect(most).toBeNull();
      expect(because).toMatch(/hides single updates.*keeps to the plan moves it by 0\.2/);
    }
  });

  it('refuses what a run would refuse: too few hospitals, and rules that look at updates that are hidden', async () => {
    await expect(by({ hospitals: 4, aggregator: 'krum' })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringContaining('krum needs 5 updates a round, and there are 4 sites') as string,
    });
    await expect(by({ secagg: true, aggregator: 'median' })).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
  });
});
