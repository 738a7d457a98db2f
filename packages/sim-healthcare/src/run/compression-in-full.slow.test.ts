import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingPlan, Update } from '@fedward/core';
import { Random } from '@fedward/core';
import { afterAll, describe, expect, it } from 'vitest';
import { populationOf } from '../scenario/population.js';
import type { Hospital } from '../scenario/scenario.js';
import { tutorial } from '../scenario/tutorial.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import type { SimulateOptions } from './options.js';
import { resumeSimulation, simulate } from './simulate.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-compression-'));
afterAll(() => rmSync(folder, { recursive: true }));
let runs = 0;
const next = () => join(folder, `run-${runs++}`);
const common = { scenario: 'tutorial', local: false, workers: 1, hospitals: 3, rounds: 2, privacy: 'none' } as const;
const runOf = (options: Partial<SimulateOptions> = {}) => simulate({ ...common, ...options }, next());
const hospitals = Array.from({ length: 5 }, (_, i) => ({ id: `h${i}` }) as Hospital);
const population = populationOf(hospitals, { test: {} as never, inputShape: [100], classes: 2 });
const planOf = (options: Partial<SimulateOptions>): TrainingPlan =>
  buildPlan(tutorial, population, { ...common, ...options }, allInstalled);

describe('a simulation with compression', () => {
  it.each(['quantize', 'top-k'])('gives the same bits after a stop: %s', async (compression) => {
    const whole = await runOf({ compression });
    expect((await runOf()).model.sha256).not.toBe(whole.model.sha256);
    const out = next();
    const stop = new AbortController();
    const onRound = ({ round }: { round: number }): void => {
      if (round === 0) stop.abort();
    };
    await expect(simulate({ ...common, compression }, out, { onRound, signal: stop.signal })).rejects.toThrow();
    const resumed = await resumeSimulation(out);
    expect(resumed.model.sha256).toBe(whole.model.sha256);
    expect(resumed.bytes).toEqual(whole.bytes);
  });

  it('says how many bytes there were, and would have been', async () => {
    const plain = await runOf();
    const bytes = 2 * 3 * 4 * plain.model.parameters;
    expect(plain.bytes).toEqual({ sent: bytes, received: bytes, uncompressed: bytes });
    expect(plain).not.toHaveProperty('compression');
    const { compression, bytes: small } = await runOf({ compression: 'quantize' });
    expect(compression).toBe('quantize');
    expect(small).toMatchObject({ sent: bytes, uncompressed: bytes });
    expect(small!.received).toBeLessThan(bytes * 0.27);
  });

  it('costs dp-sgd nothing: the same epsilon', async () => {
    const plain = await runOf({ privacy: 'dp-sgd' });
    const { privacy: said, model, simulationOnly } = await runOf({ privacy: 'dp-sgd', compression: 'quantize' });
    expect(said).toEqual(plain.privacy);
    expect(model.sha256).not.toBe(plain.model.sha256);
    expect(simulationOnly).toBe(true);
  });

  it('under masks is refused by name', async () => {
    await expect(runOf({ secagg: true, compression: 'quantize' })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringMatching(/secagg.*quantize/) as string,
    });
  });
});

it('a plan takes it from options, flags and keys, and keeps a configured one', () => {
  expect(planOf({})).not.toHaveProperty('compression');
  expect(planOf({ compression: 'quantize', flags: { 'compression-bits': 16 } }).compression).toEqual({
    ...{ name: 'quantize', options: { bits: 16 } },
  });
  const config = { compression: { name: 'top-k', options: { share: 0.5 } } };
  expect(planOf({ config, compression: 'top-k' }).compression).toEqual(config.compression);
  expect(planOf({ config, compression: 'quantize' }).compression).toEqual({ name: 'quantize', options: {} });
  expect(planOf({ config, set: { 'compression.options.share': 0.2 } }).compression!.options).toEqual({ share: 0.2 });
  expect(() => planOf({ config, set: { 'compression.options.shar': 0.2 } })).toThrow(/has no option shar.*share/);
  expect(() => planOf({ flags: { 'top-k-share': 0.2 } })).toThrow(/--compression top-k/);
});

it.each(['central', 'dp-ftrl'] as const)(
  '%s clips again what was expanded, which rounding may have made longer',
  (privacy) => {
    const plan = planOf({ privacy, compression: 'quantize' });
    const mechanism = allInstalled.create('mechanism', plan.privacy!.mechanisms[0]!);
    const compression = allInstalled.create('compression', plan.compression!);
    const clipNorm = (plan.privacy!.mechanisms[0]!.options as { clipNorm: number }).clipNorm;
    const random = new Random(3);
    const layout = { size: 202, tensors: [{ name: 'w', shape: [202], offset: 0, size: 202 }] };
    const values = Float32Array.from({ length: 202 }, () => random.normal());
    const norm = (of: ArrayLike<number>) => Math.hypot(...Array.from(of));
    const clipped = values.map((x) => (x * clipNorm * 0.9999999) / norm(values));
    let longer = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { payload } = compression.compress({ layout, values: clipped }, { random: new Random(seed), state: null });
      const whole = compression.expand(payload, { layout, element: 'f32' });
      if (norm(whole.values) > clipNorm) longer++;
      const update: Update = {
        ...{ clientId: 'a', baseRound: 0, payload: whole, weight: 1, metrics: {}, spent: [], simulationOnly: true },
      };
      const taken = mechanism.onReceive!(update, {
        plan,
        round: 0,
        state: mechanism.init?.({ plan } as never),
      } as never);
      expect(norm(taken.payload.values)).toBeLessThanOrEqual(clipNorm);
      expect(norm(taken.payload.values)).toBeGreaterThan(clipNorm * 0.99);
    }
    expect(longer).toBeGreaterThan(5);
  },
);
