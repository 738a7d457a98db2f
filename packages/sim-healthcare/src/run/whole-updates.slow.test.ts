import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeEvents, type DpEvent, type TrainingPlan } from '@fedward/core';
import { afterAll, describe, expect, it } from 'vitest';
import { populationOf } from '../scenario/population.js';
import type { Hospital } from '../scenario/scenario.js';
import { manyClients } from '../scenario/many-clients.js';
import { tutorial } from '../scenario/tutorial.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import type { SimulateOptions } from './options.js';
import { resumeSimulation, simulate } from './simulate.js';

const hospitals = Array.from({ length: 5 }, (_, i) => ({ id: `h${i}` }) as Hospital);
const shape = { test: {} as never, inputShape: [100], classes: 2 };
const population = populationOf(hospitals, shape);
const planOf = (options: Partial<SimulateOptions>): TrainingPlan =>
  buildPlan(tutorial, population, { scenario: 'tutorial', ...options }, allInstalled);

/** What the hospital with the first turn spends in a whole run. */
function spent(plan: TrainingPlan): number {
  const { mechanisms, accountant: named } = plan.privacy!;
  const mechanism = allInstalled.create('mechanism', mechanisms[0]!);
  const turns = plan.cohort.select === 'cyclic' ? plan.cohort.groups : 1;
  const events: DpEvent[] = [];
  for (let round = 0; round < plan.rounds; round += turns) events.push(mechanism.event!({ plan, round }));
  const accountant = allInstalled.create('accountant', { name: named!, options: {} })(mechanism.adjacency!);
  accountant.compose(composeEvents(...events));
  return accountant.epsilon(plan.privacy!.delta!);
}

describe('the plan for whole updates', () => {
  it.each(['central', 'local', 'dp-ftrl'] as const)('calibrates %s to the target, and no further', (privacy) => {
    const plan = planOf({ privacy, epsilon: 3, delta: 1e-5 });
    expect(plan.privacy).toMatchObject({
      unit: 'hospital',
      delta: 1e-5,
      budget: { epsilon: 3 },
      accountant: 'gaussian',
    });
    expect(spent(plan)).toBeLessThanOrEqual(3);
    expect(spent(plan)).toBeGreaterThan(2.999);
  });

  it('divides by the number of hospitals that a round asks', () => {
    const optionsOf = (options: Partial<SimulateOptions>) => planOf(options).privacy!.mechanisms[0]!.options;
    expect(optionsOf({ privacy: 'central' })).toMatchObject({ expectedClients: 5, clipNorm: 0.5 });
    expect(optionsOf({ privacy: 'central', cohort: 2 })).toMatchObject({ expectedClients: 2 });
    expect(optionsOf({ privacy: 'dp-ftrl' })).toMatchObject({ expectedClients: 1, bands: 5 });
    expect(optionsOf({ privacy: 'central', flags: { 'clip-quantile': 0.7 } })).toMatchObject({
      adaptive: { quantile: 0.7 },
    });
  });

  it('has hospitals take turns under dp-ftrl, as many at a time as the scenario asks', () => {
    expect(planOf({ privacy: 'dp-ftrl' }).cohort).toEqual({ select: 'cyclic', groups: 5 });
    const many = populationOf(
      Array.from({ length: 95 }, (_, i) => ({ id: `c${i}` }) as Hospital),
      shape,
    );
    const options = { scenario: 'many-clients', privacy: 'dp-ftrl' } as const;
    expect(buildPlan(manyClients, many, options, allInstalled).cohort).toEqual({ select: 'cyclic', groups: 10 });
  });
});

describe('a simulation that protects whole updates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-whole-updates-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const common = { scenario: 'tutorial', local: false, workers: 1 } as const;

  it.each<[string, Partial<SimulateOptions>, string]>([
    ['central', {}, 'add-or-remove-one'],
    ['central', { flags: { 'clip-quantile': 0.5 } }, 'add-or-remove-one'],
    ['local', {}, 'replace-one'],
    ['dp-ftrl', { rounds: 7 }, 'add-or-remove-one'],
  ])('states what %s spends, with all that it depends on: %j', async (name, options, adjacency) => {
    const privacy = name as NonNullable<SimulateOptions['privacy']>;
    const out = join(folder, `${name}-${JSON.stringify(options).length}`);
    const result = await simulate({ ...common, ...options, privacy }, out);
    expect(result.privacy).toMatchObject({
      mechanism: name,
      unit: 'hospital',
      adjacency,
      accountant: 'gaussian',
      delta: 1e-5,
    });
    expect(result.privacy!.epsilon).toBeCloseTo(spent(planOf({ ...options, privacy })), 9);
    expect(result.privacy!.withheld).toEqual(['training loss', 'evaluation at the sites', 'number of records']);
    expect(result.privacy!.notReleased).toHaveLength(6);
    expect(result.rounds.every(({ trainLoss }) => trainLoss === null)).toBe(true);
    expect(result).toMatchObject({ simulationOnly: true, audit: { verified: true } });
    expect(result.final.metrics['accuracy']).toBeGreaterThan(0.5);
  });

  it.each<[string, Partial<SimulateOptions>]>([
    ['a clip norm that moves', { privacy: 'central', rounds: 3, flags: { 'clip-quantile': 0.5 } }],
    ['correlated noise', { privacy: 'dp-ftrl', hospitals: 2, rounds: 3 }],
  ])('goes on after a stop with the same bits: %s', async (what, options) => {
    const whole = await simulate({ ...common, ...options }, join(folder, `${what} whole`));
    const out = join(folder, `${what} stopped`);
    const stop = new AbortController();
    const onRound = ({ round }: { round: number }): void => {
      if (round === 1) stop.abort();
    };
    await expect(simulate({ ...common, ...options }, out, { onRound, signal: stop.signal })).rejects.toThrow();
    const resumed = await resumeSimulation(out);
    expect(resumed.model.sha256).toBe(whole.model.sha256);
    expect(resumed.privacy).toEqual(whole.privacy);
  });
});
