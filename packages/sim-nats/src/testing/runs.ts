import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate, type SimulateOptions, type SimulationHooks, type SimulationResult } from '@fedward/sim-healthcare';
import { onTestFinished } from 'vitest';
import { sitesPlugin } from '../sites-plugin.js';
import { parseAddress } from '../hub/address.js';
import { work } from '../worker/worker.js';
import type { SimulationHub } from './hub.js';

/** Many small clients: of 80 of them 24 a round. */
export const small: SimulateOptions = { scenario: 'many-clients', hospitals: 80, cohort: 24, rounds: 3, workers: 1 };

/** A folder for a run, which goes with the test. */
export function runFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-sim-nats-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'run');
}

export function elsewhere({ url, party }: SimulationHub): NonNullable<SimulateOptions['elsewhere']> {
  return sitesPlugin.create({ url, ...party });
}

/** Carries a simulation out; with a hub its sites answer there. */
export function run(
  options: SimulateOptions,
  hub?: SimulationHub,
  hooks?: SimulationHooks,
  folder = runFolder(),
): Promise<SimulationResult> {
  return simulate({ ...options, ...(hub && { elsewhere: elsewhere(hub) }) }, folder, hooks);
}

/** A worker in this process, until the test ends. */
export function workHere(hub: SimulationHub, parallel = 1): string[] {
  const said: string[] = [];
  const stop = new AbortController();
  const say = (words: string): void => void said.push(words);
  const working = work({ address: parseAddress({ url: hub.url, ...hub.party }), parallel, say, signal: stop.signal });
  onTestFinished(async () => {
    stop.abort();
    await working;
  });
  return said;
}

/** What is the same wherever a run's sites answered. */
export function bitsOf({ model, rounds, final, hospitals }: SimulationResult): unknown {
  const of = rounds.map(({ round, participants, dropped, metrics, trainLoss }) => ({ round, participants, dropped, metrics, trainLoss })); // prettier-ignore
  return { model: model.sha256, of, final, hospitals };
}
