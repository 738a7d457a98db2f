import { fork, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Random, secretRandomness, SeededNoise } from '@fedward/core';
import { wasmTrainer } from '@fedward/trainer-wasm';
import { getPriority } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processTrainer, type ProcessTrainer } from './process-trainer.js';
import { contextOf, dataOf, execArgv, initial, never, plan, runs, troubled, until } from './testing/processes.js';
import { fates } from './testing/troubled-trainer.js';

const bits = (values: Float32Array) => [...new Uint32Array(values.buffer, values.byteOffset, values.length)];
const train = (trainer: ProcessTrainer, fate: number, signal = never) =>
  trainer.train(initial, dataOf(fate), contextOf(), signal);

describe('a training process', () => {
  it('has the bits of this process with dp-sgd on trainer-wasm, and noise of its own where that is secret', async () => {
    const trainer = await processTrainer({ trainer: { name: 'wasm' }, memoryMiB: 600, execArgv });
    onTestFinished(() => trainer.close());
    const own = wasmTrainer();
    const data = { ...dataOf(1, 40), labels: Float32Array.from({ length: 40 }, (_, i) => i % 2) };
    const batches = { kind: 'poisson', probability: 0.3, steps: 12, expectedSize: 12 } as const;
    const context = (seed: number) =>
      contextOf({
        plan: { ...plan, training: { ...plan.training, trainer: 'wasm', batches } },
        gradientPrivacy: { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 1.1 },
        noise: new SeededNoise(new Random(seed)),
      });
    for (const seed of [3, 4]) {
      const there = await trainer.train(initial, data, context(seed), never);
      const here = await own.train(initial, data, context(seed), never);
      expect(bits(there.payload.values)).toEqual(bits(here.payload.values));
      expect(there).toEqual(here);
    }
    const secretly = async () => {
      const noise = secretRandomness().noise('north', 0);
      return bits((await trainer.train(initial, data, { ...context(3), noise }, never)).payload.values);
    };
    expect(await secretly()).not.toEqual(await secretly());
  });

  it('that is killed in mid-training fails that task, and the next has a new process', async () => {
    const why: string[] = [];
    const trainer = await troubled({ onEnd: (reason) => why.push(reason) });
    const failing = trainer.train(initial, dataOf(fates.waits), contextOf(), never);
    await until(() => trainer.stats().pid !== undefined);
    const { pid } = trainer.stats();
    const waiting = trainer.train(initial, dataOf(fates.nothing), contextOf(), never);
    process.kill(pid!, 'SIGKILL');
    await expect(failing).rejects.toMatchObject({
      ...{ code: 'CLIENT_FAILED', subject: 'north' },
      message: 'north: the training process was killed, by the system for want of memory or by someone',
    });
    expect((await waiting).steps).not.toBe(pid);
    expect(trainer.stats()).toMatchObject({ started: 2, failed: 1 });
    expect(why).toHaveLength(1);
  });

  it.each([
    ['heap', 'needed more memory than the site allows it'],
    ['buffers', 'needed more memory than the site allows it'],
    ['exits', 'ended before it had answered'],
    ['throwsLoose', 'ended before it had answered'],
    ['cutsTheLine', 'ended before it had answered'],
  ] as const)('%s: fails its task in words without numbers, and the next one works', async (fate, words) => {
    const trainer = await troubled({ memoryMiB: 256 });
    const before = process.memoryUsage.rss();
    await expect(train(trainer, fates[fate])).rejects.toMatchObject({
      ...{ code: 'CLIENT_FAILED', message: `north: the training process ${words}` },
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 2 ** 20);
    expect((await train(trainer, fates.nothing)).metrics['loss']).toBe(1);
  });

  it('hands on what the trainer throws, and goes on', async () => {
    const trainer = await troubled();
    await expect(train(trainer, fates.fails)).rejects.toMatchObject({ code: 'DATA_NOT_FINITE', subject: 'age' });
    await train(trainer, fates.nothing);
    expect(trainer.stats()).toMatchObject({ started: 1, failed: 0 });
  });

  it('stops when told to, and is ended where it does not', async () => {
    const trainer = await troubled();
    await train(trainer, fates.nothing);
    const { pid } = trainer.stats();
    const told = new AbortController();
    const waiting = train(trainer, fates.waits, told.signal);
    setTimeout(() => told.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    expect(trainer.stats()).toEqual({ started: 1, failed: 0, pid }); // the same process goes on
    const stop = new AbortController();
    const hanging = train(trainer, fates.hangs, stop.signal);
    setTimeout(() => stop.abort(), 50);
    await expect(hanging).rejects.toMatchObject({ code: 'ABORTED', subject: 'north' });
    expect(runs(pid!)).toBe(false);
    await train(trainer, fates.nothing);
    expect(trainer.stats()).toMatchObject({ started: 2, failed: 1 });
  });

  it("is stopped at the site's own limit of time", async () => {
    const trainer = await troubled({ trainSeconds: 2 });
    await trainer.describe(); // starts the process, without a limit
    await train(trainer, fates.nothing);
    await expect(train(trainer, fates.hangs)).rejects.toMatchObject({
      ...{ code: 'CLIENT_FAILED', message: "north: the training process was stopped at the site's own limit of 2 s" },
    });
    await trainer.describe();
    await train(trainer, fates.nothing);
  });

  it('is ended by close whatever it is at, with what it has started', async () => {
    const trainer = await troubled();
    const { steps: left } = await train(trainer, fates.spawns);
    expect(runs(left)).toBe(true);
    const { pid } = trainer.stats();
    const hanging = train(trainer, fates.hangs);
    const waiting = train(trainer, fates.nothing);
    await Promise.all([
      expect(hanging).rejects.toMatchObject({ code: 'ABORTED' }),
      expect(waiting).rejects.toMatchObject({ code: 'ABORTED' }),
      new Promise((resolve) => setTimeout(resolve, 50)).then(() => trainer.close()),
    ]);
    expect(runs(pid!)).toBe(false);
    await until(() => !runs(left));
  });

  it('keeps no more data than a few sets', async () => {
    const trainer = await troubled();
    const sets = Array.from({ length: 9 }, () => dataOf(fates.nothing));
    for (const data of [...sets, ...sets.slice(1)]) await trainer.train(initial, data, contextOf(), never);
    const first = await trainer.train(initial, sets[0]!, contextOf(), never);
    expect(first.metrics['loss']).toBe(10); // forgotten, and sent again
  });

  it.skipIf(!existsSync('/proc/self/status'))('stands back, and stays on the processors that it may have', async () => {
    const trainer = await troubled({ processors: 1, niceness: 7 });
    await train(trainer, fates.nothing);
    const pid = trainer.stats().pid!;
    expect(getPriority(pid)).toBe(7);
    const status = execFileSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' });
    expect(status).toMatch(/^Cpus_allowed_list:\s*\d+$/m);
  });

  it.skipIf(process.platform === 'win32')('ends with the daemon that started it, though it hangs', async () => {
    const daemon = fork(new URL('./testing/hanging-daemon.ts', import.meta.url), { execArgv });
    onTestFinished(() => void daemon.kill('SIGKILL'));
    const [pid] = (await once(daemon, 'message')) as [number];
    expect(runs(pid)).toBe(true);
    daemon.kill('SIGKILL');
    await until(() => !runs(pid));
  });
});
