import { describe, expect, it } from 'vitest';
import { memoryAnswerStore, memoryCheckpointStore, memoryClientStore } from './stores.js';

describe('memoryCheckpointStore', () => {
  it('keeps what a checkpoint was when it was given', async () => {
    const store = memoryCheckpointStore();
    const weights = Float32Array.of(1);
    const saving = store.save({ runId: 'a', planHash: 'h', nextRound: 1, state: { weights } });
    weights[0] = 2;
    await saving;
    expect((await store.load('a'))!.state).toEqual({ weights: Float32Array.of(1) });
    expect(await store.load('__proto__')).toBeUndefined();
  });

  it('rejects what is no state, and keeps the old checkpoint', async () => {
    const store = memoryCheckpointStore();
    const old = { runId: 'a', planHash: 'h', nextRound: 1, state: 1 };
    await store.save(old);
    await expect(store.save({ ...old, state: new Date() as never })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
    expect(await store.load('a')).toEqual(old);
  });
});

describe('memoryClientStore', () => {
  const key = { runId: 'run-1', clientId: 'a', strategy: 's' };

  it('gives the state that was saved with this very round, also when that round is run again', async () => {
    const store = memoryClientStore();
    expect(await store.load(key, 0)).toBeUndefined();
    await store.save(key, 0, { c: 0 });
    await store.save(key, 1, { c: 1 });
    expect(await store.load(key, 1)).toEqual({ c: 1 });
    expect(await store.load(key, 0)).toEqual({ c: 0 });
    expect(await store.load(key, 2)).toBeUndefined();
    await store.save(key, 1, { c: 10 }); // round 1 again
    expect(await store.load(key, 1)).toEqual({ c: 10 });
    expect(await store.load(key, 0)).toEqual({ c: 0 });
  });

  it('lets go of what was saved before a round, and of nothing else', async () => {
    const store = memoryClientStore();
    const other = { ...key, clientId: 'b' };
    for (const round of [0, 1, 5]) await store.save(key, round, round);
    await store.save(other, 0, 'other');
    await store.forget(key, 5);
    expect(await Promise.all([0, 1, 5].map((round) => store.load(key, round)))).toEqual([undefined, undefined, 5]);
    expect(await store.load(other, 0)).toBe('other');
    await store.forget({ ...key, runId: 'run-2' }, 9);
    expect(await store.load(key, 5)).toBe(5);
  });

  it('keeps runs, clients and strategies apart, and copies', async () => {
    const store = memoryClientStore();
    const state = { c: Float32Array.of(1) };
    const own = { ...key, clientId: '__proto__' };
    await store.save(own, 0, state);
    state.c[0] = 2;
    const loaded = (await store.load(own, 0)) as typeof state;
    expect(loaded.c).toEqual(Float32Array.of(1));
    loaded.c[0] = 3;
    expect(await store.load(own, 0)).toEqual({ c: Float32Array.of(1) });
    for (const other of [{ runId: 'run-2' }, { clientId: 'constructor' }, { strategy: 't' }])
      expect(await store.load({ ...own, ...other }, 0)).toBeUndefined();
  });
});

describe('memoryAnswerStore', () => {
  const answer = { clientId: 'a', planHash: 'h', runId: 'run-1', round: 0, release: 'answer' } as const;

  it('takes as many as it may over all runs, each once, and gives back', async () => {
    const store = memoryAnswerStore();
    expect(await store.take(answer, 2)).toBe(true);
    expect(await store.take(answer, 2)).toBe(false);
    expect(await store.take({ ...answer, runId: 'run-2' }, 2)).toBe(true);
    expect(await store.take({ ...answer, round: 1 }, 2)).toBe(false);
    await store.giveBack(answer);
    expect(await store.take({ ...answer, round: 1 }, 2)).toBe(true);
    expect(await store.take({ ...answer, clientId: 'b' }, 1)).toBe(true);
    expect(await store.take({ ...answer, planHash: 'i' }, 1)).toBe(true);
    expect(await store.take({ ...answer, release: 'evaluation' }, 1)).toBe(true);
  });
});
