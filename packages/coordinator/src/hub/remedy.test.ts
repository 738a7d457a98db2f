import { describe, expect, it, onTestFinished } from 'vitest';
import { Remedy } from './remedy.js';

const disabled = { level: 'error', text: 'JetStream out of File resources, will be DISABLED' } as const;

/** A remedy over a disk and a clock of the test's. */
function remedied() {
  const state = { free: 0, looks: 0, time: 1000, restarts: [] as string[] };
  const remedy = new Remedy({
    folder: '/',
    restart: (why) => state.restarts.push(why),
    freeBytes: async () => {
      state.looks++;
      return state.free;
    },
    lookEvery: 0.001,
    now: () => state.time,
  });
  onTestFinished(() => remedy.close());
  const looked = async (): Promise<void> => {
    const { looks } = state;
    await expect.poll(() => state.looks).toBeGreaterThan(looks + 2);
  };
  return { state, remedy, looked };
}

describe('a hub whose disk was full', () => {
  it('is started anew once, when there is room', async () => {
    const { state, remedy, looked } = remedied();
    remedy.hear({ level: 'info', text: 'Server is ready' });
    expect(remedy.isFull).toBe(false);
    remedy.hear(disabled);
    remedy.hear(disabled);
    await looked();
    expect([remedy.isFull, state.restarts]).toEqual([true, []]);
    state.free = 2 ** 30;
    await expect.poll(() => state.restarts).toEqual(['its disk was full']);
    expect(remedy.isFull).toBe(false);
  });

  it('and that hangs without a word is started anew, again only after waits that grow', async () => {
    const { state, remedy, looked } = remedied();
    remedy.stalled('silent');
    await looked();
    expect([remedy.isFull, state.restarts]).toEqual([true, []]);
    state.free = 2 ** 30;
    await expect.poll(() => state.restarts.length).toBe(1);
    for (const [wait, times] of [
      [60, 2],
      [120, 3],
      [240, 4],
    ] as const) {
      state.time += wait - 1;
      remedy.stalled('silent');
      await looked();
      expect([remedy.isFull, state.restarts.length]).toEqual([false, times - 1]);
      state.time += 1;
      remedy.stalled('silent');
      await expect.poll(() => state.restarts.length).toBe(times);
    }
    state.time += 1800;
    remedy.stalled('silent');
    await expect.poll(() => state.restarts.length).toBe(5);
    state.time += 60;
    remedy.stalled('silent');
    await expect.poll(() => state.restarts.length).toBe(6);
  });

  it('is left alone where it answers again by itself', async () => {
    const { state, remedy, looked } = remedied();
    remedy.stalled('silent');
    await looked();
    state.time += 16;
    await expect.poll(() => remedy.isFull).toBe(false);
    state.free = 2 ** 30;
    const { looks } = state;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([state.restarts, state.looks - looks < 2]).toEqual([[], true]);
  });
});
