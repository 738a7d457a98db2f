import { describe, expect, it, onTestFinished } from 'vitest';
import { FullDisk } from './full-disk.js';

const disabled = { level: 'error', text: 'JetStream out of File resources, will be DISABLED' } as const;

describe('a hub whose disk was full', () => {
  it('is started anew once, when there is room', async () => {
    let free = 0;
    let looks = 0;
    let restarts = 0;
    const freeBytes = async (): Promise<number> => {
      looks++;
      return free;
    };
    const full = new FullDisk('/', () => restarts++, freeBytes, 1);
    onTestFinished(() => full.close());
    full.hear({ level: 'info', text: 'Server is ready' });
    expect(full.isFull).toBe(false);
    full.hear(disabled);
    full.hear(disabled);
    await expect.poll(() => looks).toBeGreaterThan(2);
    expect([full.isFull, restarts]).toEqual([true, 0]);
    free = 2 ** 30;
    await expect.poll(() => restarts).toBe(1);
    expect(full.isFull).toBe(false);
    full.hear(disabled);
    await expect.poll(() => restarts).toBe(2);
  });
});
