import { describe, expect, it } from 'vitest';
import { memoryCheckpointStore, memoryClientStore } from './stores.js';

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
  it('gives the state from before a round, also when that round is run again', async () => {
    const store = memoryClientStore();
    expect(await store.load('a', 0)).toBeUndefined();
    await store.save('a', 0, { c: 0 });
    await store.save('a', 1, { c: 1 });
    expect(await store.load('a', 2)).toEqual({ c: 1 });
    expect(await store.load('a', 1)).toEqual({ c: 0 });
    await store.save('a', 1, { c: 10 }); // round 1 again
    expect(await store.load('a', 2)).toEqual({ c: 10 });
    expect(await store.load('a', 1)).toEqual({ c: 0 });
    await store.save('a', 7, { c: 7 }); // not asked in between
    expect(await store.load('a', 8)).toEqual({ c: 7 });
    expect(await store.load('a', 7)).toEqual({ c: 10 });
    expect(await store.load('a', 1)).toBeUndefined(); // only the two newest are kept
  });

  it('keeps clients apart, and copies', async () => {
    const store = memoryClientStore();
    const state = { c: Float32Array.of(1) };
    await store.save('__proto__', 0, state);
    state.c[0] = 2;
    const loaded = (await store.load('__proto__', 1)) as typeof state;
    expect(loaded.c).toEqual(Float32Array.of(1));
    loaded.c[0] = 3;
    expect(await store.load('__proto__', 1)).toEqual({ c: Float32Array.of(1) });
    expect(await store.load('constructor', 1)).toBeUndefined();
  });
});
