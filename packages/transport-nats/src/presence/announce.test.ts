import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newSigner } from '../../../../tools/testing/nats-federation.js';
import type { AtWork, SiteCourierOptions } from '../site/options.js';
import { announcePresence } from './announce.js';

describe('announcePresence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-presence-'));
  let said = 0;
  const options = {
    connection: { isClosed: () => false, publish: () => said++ },
    ...{ federation: 'fed', id: 'a', signer: newSigner('a'), folder, presenceSeconds: 1000 },
  } as unknown as SiteCourierOptions;
  beforeEach(() => {
    said = 0;
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
  });
  afterEach(() => void vi.useRealTimers());
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('says what is at work within a second, and nothing of work that is over by then', async () => {
    let atWork: AtWork[] = [];
    const presence = await announcePresence(options, () => atWork);
    expect(said).toBe(1);
    for (let round = 0; round < 9; round++) {
      for (const now of [[{ kind: 'answer', run: 'run-1', round }], []]) {
        atWork = now;
        presence.workChanged();
        vi.advanceTimersByTime(100);
      }
    }
    vi.advanceTimersByTime(2000);
    expect(said).toBeLessThanOrEqual(3); // once a second, at most
    said = 0;
    atWork = [{ kind: 'answer', run: 'run-1', round: 9 }];
    presence.workChanged();
    vi.advanceTimersByTime(999);
    expect(said).toBe(0);
    vi.advanceTimersByTime(1);
    expect(said).toBe(1);
    presence.workChanged(); // the same as was said
    vi.advanceTimersByTime(2000);
    expect(said).toBe(1);
    presence.changed();
    vi.advanceTimersByTime(50);
    expect(said).toBe(2);
    await presence.close();
  });
});
