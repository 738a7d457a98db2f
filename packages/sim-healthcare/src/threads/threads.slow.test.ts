import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fedAvg } from '@fedward/aggregator-fedavg';
import {
  createParameters,
  createSite,
  digestTensors,
  inMemoryTransport,
  layoutOf,
  parsePlan,
  Random,
  runFederation,
  secretRandomness,
  simulatedRandomness,
  type ClientContext,
  type LocalTrainer,
  type TrainingData,
} from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { buildWorker } from '../testing/build-worker.js';
import restlessTrainer, { begun, fates } from '../testing/restless-trainer.js';
import { pooledTrainer } from './pooled-trainer.js';
import { TrainingWork } from '../wiring/training-work.js';
import { ThreadPool, type PoolOptions } from './pool.js';
import { sendContext } from './context.js';
import type { TrainJob } from './messages.js';
import { sendData, shareData, shareValues } from './shared-data.js';

const plan = parsePlan({
  schemaVersion: 1,
  name: 'threads',
  seed: 7,
  rounds: 3,
  quorum: 2,
  model: { inputShape: [2], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  aggregator: { name: 'fedavg' },
  training: {
    trainer: 'restless',
    batches: { kind: 'shuffle', size: 4, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
});
const initial = createParameters(layoutOf(plan.model));
const never = new AbortController().signal;

let built: Awaited<ReturnType<typeof buildWorker>>;
const folder = mkdtempSync(join(tmpdir(), 'fedward-threads-'));
beforeAll(async () => {
  built = await buildWorker(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function poolOf(workers: number, changes: Partial<PoolOptions> = {}): ThreadPool {
  const { file, module } = built;
  const pool = new ThreadPool({ workers, trainer: { name: 'restless', module }, file, ...changes });
  onTestFinished(() => pool.close());
  return pool;
}

const onThreads = (pool: ThreadPool): LocalTrainer => pooledTrainer(restlessTrainer(), pool, new TrainingWork());

const dataOf = (value: number, count = 3): TrainingData => ({
  count,
  featureShape: [2],
  features: new Float32Array(2 * count).fill(value),
  labels: new Float32Array(count),
  patientIds: Array.from({ length: count }, (_, i) => `patient ${i >> 1}`),
});

const contextOf = (changes: Partial<ClientContext> = {}): ClientContext => ({
  clientId: 'a',
  runId: 'run',
  round: 0,
  plan,
  wishes: {},
  random: new Random(1).fork('a'),
  noise: simulatedRandomness(2).noise('a', 0),
  ...changes,
});

/** A federation of one client a value. */
function federate(trainer: LocalTrainer, values: readonly number[], signal?: AbortSignal, concurrency = 4) {
  const sites = values.map((value, i) =>
    createSite({ id: `site-${i}`, plan, data: shareData(dataOf(value)), trainer, randomness: simulatedRandomness(7) }),
  );
  return runFederation({
    runId: 'run',
    plan,
    transport: inMemoryTransport(sites),
    aggregator: fedAvg(),
    initial,
    concurrency,
    ...(signal && { signal }),
  });
}

describe('training on threads', () => {
  it('gives the bits of this thread, for any number of threads', async () => {
    const values = [1, 2, 3, 4, 5];
    const here = await federate(restlessTrainer(), values);
    for (const workers of [1, 2, 4]) {
      const there = await federate(onThreads(poolOf(workers)), values);
      expect(digestTensors(there.model)).toBe(digestTensors(here.model));
      expect(there.rounds).toEqual(here.rounds);
    }
  });

  it('carries all of a context, and what comes back', async () => {
    const trainer = onThreads(poolOf(1));
    const correction = Float32Array.from({ length: initial.layout.size }, (_, i) => i);
    const gradientPrivacy = { clip: 'per-example', clipNorm: 1, noiseMultiplier: 2 } as const;
    const context = () => contextOf({ gradientPrivacy, wishes: { correction, privateTensors: { own: null } } });
    const here = await restlessTrainer().train(createParameters(initial.layout), dataOf(4), context(), never);
    const there = await trainer.train(initial, dataOf(4), context(), never);
    expect(there).toEqual(here);
    expect(there.metrics['patients']).toBe(2);
    expect(there.applied).toEqual({ gradientPrivacy, correction: true, privateTensors: ['own'] });
    expect(there.payload.values.buffer).toBeInstanceOf(ArrayBuffer);
    expect(initial.values).toEqual(new Float32Array(initial.layout.size)); // though the trainer wrote to its payload
  });

  it('does not give one result the memory of the next', async () => {
    const trainer = onThreads(poolOf(1));
    const first = await trainer.train(initial, dataOf(4), contextOf(), never);
    const kept = first.payload.values.slice();
    await trainer.train(initial, dataOf(9), contextOf(), never);
    expect(first.payload.values).toEqual(kept);
  });

  it('sends no secret noise: a thread draws its own', async () => {
    const trainer = onThreads(poolOf(1));
    const context = contextOf({ noise: secretRandomness().noise('a', 0) });
    const [one, two] = [
      await trainer.train(initial, dataOf(1), context, never),
      await trainer.train(initial, dataOf(1), context, never),
    ];
    expect(two.payload.values).not.toEqual(one.payload.values);
  });

  it('refuses a noise source that it cannot make again elsewhere', async () => {
    const noise = { simulationOnly: true, uniform: () => 0.5, addGaussian: () => undefined };
    await expect(onThreads(poolOf(1)).train(initial, dataOf(1), contextOf({ noise }), never)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      subject: '--workers',
    });
  });

  it('adds up steps and time in the threads', async () => {
    const work = new TrainingWork();
    const trainer = pooledTrainer(restlessTrainer(), poolOf(2), work);
    await federate(trainer, [1, 2]);
    expect(work.steps).toBe(2 * 3 * plan.rounds);
    expect(work.seconds).toBeGreaterThan(0);
  });
});

describe('the background', () => {
  const job = (value: number, round: number) => (): TrainJob => ({
    kind: 'train',
    plan: JSON.stringify(plan),
    data: sendData(dataOf(value)),
    layout: initial.layout,
    model: shareValues(initial.values),
    context: sendContext(contextOf({ round })),
  });

  it('leaves half of the threads to others, until it is all that there is', async () => {
    const pool = poolOf(2);
    const stop = new AbortController();
    const background = { background: true };
    const endless = pool.run('a', job(fates.waits, 1), stop.signal, background);
    let second = false;
    const next = pool.run('b', job(1, 0), never, background).then(() => (second = true));
    for (let i = 0; i < 5; i++) await pool.run('c', job(i, 0), never);
    expect(second).toBe(false);
    pool.onlyBackground();
    await next;
    stop.abort();
    await expect(endless).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('waits for whoever is in front, and makes a job only when it begins', async () => {
    const pool = poolOf(1);
    const order: string[] = [];
    const named = (name: string) => () => (order.push(name), job(1, 0)());
    await Promise.all([
      pool.run('a', named('a'), never),
      pool.run('b', named('b'), never, { background: true }),
      pool.run('c', named('c'), never),
      pool.run('d', named('d'), never),
    ]);
    expect(order).toEqual(['a', 'c', 'd', 'b']);
  });
});

describe('a thread that dies while it trains', () => {
  it.each([
    ['exits', fates.exits, 'exit code 3'],
    ['runs out of memory', fates.runsOutOfMemory, 'memory limit'],
    ['throws where nobody awaits it', fates.throwsLoose, 'thrown where nobody awaits it'],
  ])('%s: fails its client by name, is replaced, and the round goes on', async (_, fate, why) => {
    const pool = poolOf(2, { resourceLimits: { maxOldGenerationSizeMb: 48 } });
    const { rounds } = await federate(onThreads(pool), [1, fate, 3, 4]);
    expect(rounds.map(({ participants }) => participants.length)).toEqual([4, 3, 4]);
    const [lost] = rounds[1]!.dropped;
    expect(lost).toMatchObject({ id: 'site-1', code: 'CLIENT_FAILED', weightLost: 3 });
    expect(lost!.reason).toMatch(/^site-1: the worker thread died while it trained: /);
    expect(lost!.reason).toContain(why);
  });

  it('fails the run below the quorum', async () => {
    const run = federate(onThreads(poolOf(2)), [1, fates.exits, fates.exits]);
    await expect(run).rejects.toMatchObject({ code: 'QUORUM_NOT_MET', message: /site-1.*site-2/ });
  });

  it('goes on with one thread only, and with a death at each end of the cohort', async () => {
    const { rounds } = await federate(onThreads(poolOf(1)), [fates.exits, 2, 3, fates.exits]);
    expect(rounds[1]!.dropped.map(({ id }) => id)).toEqual(['site-0', 'site-3']);
    expect(rounds[2]!.participants).toHaveLength(4);
  });
});

describe('errors of a trainer', () => {
  it('keep their code and subject across threads', async () => {
    const { rounds } = await federate(onThreads(poolOf(2)), [1, fates.fails, fates.breaks, 4]);
    expect(rounds[1]!.dropped).toMatchObject([
      { id: 'site-1', code: 'DATA_NOT_FINITE', reason: 'site-1 has a NaN' },
      { id: 'site-2', code: 'CLIENT_FAILED', reason: 'site-2 failed: x is not a function' },
    ]);
    const alone = onThreads(poolOf(1)).train(initial, dataOf(fates.fails), contextOf({ round: 1 }), never);
    await expect(alone).rejects.toMatchObject({ code: 'DATA_NOT_FINITE', subject: 'age' });
  });

  it('are told for a trainer that cannot be made', async () => {
    const pool = poolOf(1, { trainer: { name: 'nobody' } });
    await expect(onThreads(pool).train(initial, dataOf(1), contextOf(), never)).rejects.toMatchObject({
      code: 'PLUGIN_UNKNOWN',
    });
  });
});

/** Data that threads share, and a wait until one trains on it. */
function watched(fate: number): { readonly data: TrainingData; begins(): Promise<void> } {
  const data = shareData(dataOf(fate));
  const begins = (): Promise<void> =>
    vi.waitFor(() => expect(data.labels[0]).toBe(begun), { timeout: 300_000, interval: 5 });
  return { data, begins };
}

describe('stopping', () => {
  it('reaches a trainer in its thread, which then trains others', async () => {
    const trainer = onThreads(poolOf(1));
    const stop = new AbortController();
    const { data, begins } = watched(fates.waits);
    const stopped = trainer.train(initial, data, contextOf({ round: 1 }), stop.signal);
    const next = trainer.train(initial, dataOf(1), contextOf(), never);
    void begins().then(() => stop.abort());
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED', message: 'stopped between two steps' });
    await expect(next).resolves.toMatchObject({ steps: 3 });
  });

  it('ends a thread whose trainer does not listen', async () => {
    const trainer = onThreads(poolOf(1));
    const stop = new AbortController();
    const { data, begins } = watched(fates.hangs);
    const hanging = trainer.train(initial, data, contextOf({ round: 1 }), stop.signal);
    const next = trainer.train(initial, dataOf(1), contextOf(), never);
    void begins().then(() => stop.abort());
    await expect(hanging).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(next).resolves.toMatchObject({ steps: 3 });
  });

  it('is the end of a job that waits, and of one that comes after', async () => {
    const pool = poolOf(1);
    const trainer = onThreads(pool);
    const stop = new AbortController();
    const { data, begins } = watched(fates.waits);
    const running = trainer.train(initial, data, contextOf({ round: 1 }), never);
    const waiting = trainer.train(initial, dataOf(1), contextOf(), stop.signal);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    stop.abort();
    void begins().then(() => pool.close());
    await expect(running).rejects.toMatchObject({ code: expect.stringMatching(/CLIENT_FAILED|ABORTED/) as string });
    await refused;
    await expect(trainer.train(initial, dataOf(1), contextOf(), never)).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('ends a federation at once, though a thread goes on', async () => {
    const pool = poolOf(2);
    const stop = new AbortController();
    const run = federate(onThreads(pool), [1, fates.hangs], stop.signal);
    setTimeout(() => stop.abort(), 500);
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    await pool.close();
  });
});
