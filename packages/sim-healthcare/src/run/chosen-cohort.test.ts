import { describe, expect, it } from 'vitest';
import { populationOf } from '../scenario/population.js';
import type { Hospital } from '../scenario/scenario.js';
import { tutorial } from '../scenario/tutorial.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import type { SimulateOptions } from './options.js';

const counts = [30, 10, 200, 55, 5];
const hospitals = counts.map((count, i) => ({ id: `h${i}`, train: { count } }) as unknown as Hospital);
const population = populationOf(hospitals, { test: {} as never, inputShape: [100], classes: 2 });
const planOf = (options: Partial<SimulateOptions>) =>
  buildPlan(tutorial, population, { scenario: 'tutorial', privacy: 'none', ...options }, allInstalled);

describe('the cohort that options ask for', () => {
  it('is everyone, a uniform draw, a draw by training records, or a turn', () => {
    expect(planOf({}).cohort).toEqual({ select: 'all' });
    for (const select of [undefined, 'uniform'] as const)
      expect(planOf({ cohort: 2, ...(select && { select }) }).cohort).toEqual({ select: 'uniform', size: 2 });
    const records = { h0: 30, h1: 10, h2: 200, h3: 55, h4: 5 };
    expect(planOf({ cohort: 2, select: 'by-size' }).cohort).toEqual({ select: 'by-size', size: 2, records });
    expect(planOf({ cohort: 2, select: 'cyclic' }).cohort).toEqual({ select: 'cyclic', groups: 3 });
  });

  it('needs a number of hospitals', () => {
    expect(() => planOf({ select: 'by-size' })).toThrow(/^--select: it says how --cohort hospitals are chosen/);
  });

  it('tells no number of records where something is protected, by option or by config', () => {
    const told = expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: '--select' }) as Error;
    const by = { cohort: 2, select: 'by-size' } as const;
    expect(() => planOf({ ...by, privacy: 'dp-sgd' })).toThrow(told);
    const privacy = { mechanisms: [{ name: 'dp-sgd', options: {} }], accountant: 'rdp', delta: 1e-5 };
    const { privacy: _, ...options } = { privacy: 'none', scenario: 'tutorial', ...by };
    void _;
    expect(() => buildPlan(tutorial, population, { ...options, config: { privacy } }, allInstalled)).toThrow(told);
    const open = buildPlan(tutorial, population, { ...options, config: { privacy: null } }, allInstalled);
    expect(open.cohort.select).toBe('by-size');
  });

  it('is beside a quorum by share', () => {
    expect(planOf({ quorumShare: 0.8 }).quorumShare).toBe(0.8);
    expect(() => planOf({ quorumShare: 1.5 })).toThrow(/quorumShare/);
  });
});
