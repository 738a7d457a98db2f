import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestTensors, runFederation, type Parameters, type TrainingPlan } from '@fedward/core';
import { firstWeights } from '@fedward/sim-healthcare';
import type { Study } from '@fedward/transport-nats';
import { afterAll, beforeAll } from 'vitest';
import type { Database } from '../store/database.js';
import { openStore } from '../store/open.js';
import { Harness, type HarnessOptions } from './harness.js';
import { fakePlugins, FakeSites } from './sites.js';

/** One database for all tests of a file, since opening it takes seconds; each test has a harness and hospitals of its own. */
export function withStudies(): (
  use: (harness: Harness, sites: FakeSites) => Promise<void>,
  options?: HarnessOptions,
) => Promise<void> {
  let place: string;
  let database: Database;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'fedward-store-'));
    database = await openStore({ folder: join(place, 'store') });
  }, 60_000);
  afterAll(async () => {
    await database?.close();
    await rm(place, { recursive: true, force: true });
  });
  return async (use, options = {}) => {
    const folder = await mkdtemp(join(tmpdir(), 'fedward-sites-'));
    const sites = new FakeSites(folder);
    const harness = await Harness.open(database, sites, options);
    try {
      await use(harness, sites);
    } finally {
      await harness.close();
      await sites.close();
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** What the same plan comes to without any coordinator. */
export async function digestAlone(study: Study, weights?: Parameters): Promise<string> {
  const plan = study.plan as TrainingPlan;
  const { aggregator, mechanisms } = await fakePlugins(plan);
  const transport = await new FakeSites().open(study);
  const initial = weights ?? firstWeights(plan, undefined).parameters;
  const { model } = await runFederation({ runId: 'alone', plan, transport, aggregator, mechanisms, initial });
  return digestTensors(model);
}
