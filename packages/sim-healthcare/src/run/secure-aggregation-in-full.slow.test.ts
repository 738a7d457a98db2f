import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeAggregator, addMean, definePlugin, weightedSum } from '@fedward/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { InstalledPlugins } from '../plugins/installed.js';
import { populationOf } from '../scenario/population.js';
import { tutorial } from '../scenario/tutorial.js';
import { buildPlan } from './build-plan.js';
import type { SimulateOptions } from './options.js';
import { simulate } from './simulate.js';

const installed = await InstalledPlugins.load([], ['fedavg', 'dp-sgd', 'secagg']);
const five = Array.from({ length: 5 }, (_, i) => ({ id: `hospital-${i}` }) as never);
const population = populationOf(five, { test: {} as never, inputShape: [100], classes: 2 });
const plan = (options: Partial<SimulateOptions> = {}) =>
  buildPlan(tutorial, population, { scenario: 'tutorial', secagg: true, ...options }, installed);
const masks = (options: object = {}) => ({ name: 'secagg', options: { identities: 'simulated', ...options } });

describe('a plan with secure aggregation', () => {
  it('has it last among its mechanisms; by itself it needs neither accountant nor delta', () => {
    expect(plan({ privacy: 'none' }).privacy).toEqual({ mechanisms: [masks()], unit: 'record' });
    const { privacy } = plan({ privacy: 'dp-sgd' });
    expect(privacy!.mechanisms.map(({ name }) => name)).toEqual(['dp-sgd', 'secagg']);
    expect(privacy).toMatchObject({ accountant: 'pld', delta: expect.any(Number) as number });
    expect(plan({ secagg: false, privacy: 'none' }).privacy).toBeNull();
  });

  it('waits for as many as the threshold, and skips rounds that are below', () => {
    const said = ({ quorum, onMissedQuorum }: ReturnType<typeof plan>) => [quorum, onMissedQuorum];
    expect(said(plan({ privacy: 'none' }))).toEqual([4, 'skip']);
    expect(said(plan({ privacy: 'none', cohort: 3 }))).toEqual([3, 'skip']);
    expect(said(plan({ privacy: 'none', set: { 'privacy.mechanisms.0.options.threshold': 5 } }))).toEqual([5, 'skip']);
    expect(said(plan({ privacy: 'none', quorum: 1 }))).toEqual([1, 'skip']);
    expect(said(plan({ privacy: 'none', config: { quorum: 2, onMissedQuorum: 'fail' } }))).toEqual([2, 'fail']);
    expect(said(plan({ privacy: 'none', set: { quorum: 5, onMissedQuorum: 'fail' } }))).toEqual([5, 'fail']);
    expect(said(plan({ secagg: false, privacy: 'none' }))).toEqual([1, undefined]);
  });

  it('has no price by itself, so that a ledger would stay empty', () => {
    expect(() => plan({ privacy: 'none', ledger: 'spent' })).toThrow(expect.objectContaining({ subject: '--ledger' }));
    expect(() => plan({ privacy: 'dp-sgd', ledger: 'spent' })).not.toThrow();
  });

  it('takes options of the mechanism, and refuses those that it does not have', () => {
    const set = (key: string) => plan({ set: { [`privacy.mechanisms.1.options.${key}`]: 5 } });
    expect(set('threshold').privacy!.mechanisms[1]).toEqual(masks({ threshold: 5 }));
    expect(() => set('treshold')).toThrow(/threshold/);
  });
});

const started = { scenario: 'tutorial', local: false, workers: 1, secagg: true } as const;
const quick = { ...started, model: 'logistic', privacy: 'none', rounds: 12, dropRate: 0.25, seed: 7 } as const;
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'fedward-masks-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return join(made, 'run');
};

describe('a run with secure aggregation', () => {
  it('tells its stages, whose masks were taken off, and which rounds were skipped', async () => {
    const to = await folder();
    const { rounds, secureAggregation, warnings, privacy, simulationOnly, final } = await simulate(quick, to);
    expect({ privacy, simulationOnly }).toEqual({ privacy: null, simulationOnly: true });
    const { threshold, unmasked, stages, recovered } = secureAggregation!;
    const skipped = rounds.filter(({ failure }) => failure);
    expect(threshold).toBe(4);
    expect(skipped.length).toBeGreaterThan(0);
    expect(unmasked).toBe(12 - skipped.length);
    expect(stages.map(({ stage }) => stage)).toEqual(['keys', 'shares', 'deliver', 'consistency', 'unmask']);
    for (const { to, from } of stages) expect(Math.min(to, from)).toBeGreaterThan(0);
    expect(recovered.length).toBeGreaterThan(0);
    for (const { round, hospitals } of recovered)
      expect(rounds[round]!.dropped.map(({ id }) => id)).toEqual(expect.arrayContaining([...hospitals]));
    // Some fell silent before they had shared their keys, so that there was nothing to recover.
    const early = rounds.filter(({ failure, dropped }, round) => !failure && dropped.length > (recovered.find((one) => one.round === round)?.hospitals.length ?? 0)); // prettier-ignore
    expect(early.length).toBeGreaterThan(0);
    expect(warnings[0]).toMatchObject({ code: 'ROUNDS_SKIPPED' });
    expect(warnings[0]!.message).toContain(`${skipped.length} of 12 rounds were skipped`);
    const report = await readFile(join(to, 'report.html'), 'utf8');
    for (const words of [
      '<h3>Secure aggregation</h3>',
      `round ${recovered[0]!.round}: `,
      'No epsilon.',
      '<th scope="row">unmask</th>',
    ])
      expect(report).toContain(words);
    expect(report).not.toMatch(/models and losses left the hospitals as they are/i);
    expect(final.metrics['accuracy']).toBeGreaterThan(0.7);
  });

  it('stands beside noise at the hospitals, whose price it leaves as it is', async () => {
    const run = { ...started, rounds: 2, privacy: 'dp-sgd' } as const;
    const masked = await simulate(run, await folder());
    const open = await simulate({ ...run, secagg: false }, await folder());
    expect(masked.privacy!.epsilon).toBe(open.privacy!.epsilon);
    expect(masked.privacy!.mechanism).toBe('dp-sgd + secagg');
  });

  it('is refused before anything is sent beside an aggregator that has to see single updates, by both names', async () => {
    const looking = definePlugin({
      ...{ kind: 'aggregator', name: 'looking', summary: 'for tests', options: z.strictObject({}) },
      create: () =>
        composeAggregator({
          ...{ name: 'looking', requires: ['individual-updates'], provides: ['sum-only'] },
          ...{ reduce: weightedSum, optimizer: addMean },
        }),
    });
    const plugins = [{ name: 'ours', plugins: [looking] }];
    const to = await folder();
    await expect(simulate({ ...quick, plugins, aggregator: 'looking' }, to)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringMatching(/looking.*individual-updates.*secagg/) as string,
    });
  });
});
