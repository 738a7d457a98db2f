import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsServer, startHub, type TestHub } from '../../../../tools/testing/nats-hub.js';
import { asCoordinator, asSite } from '../testing/reach.js';
import { ask, isThere } from './ask.js';

describe.skipIf(!natsServer)('ask', () => {
  let hub: TestHub;
  let [asking, answering]: NatsConnection[] = [];
  beforeAll(async () => {
    hub = await startHub({ sites: ['a'] });
    [asking, answering] = [await asCoordinator(hub), await asCoordinator(hub)];
  });
  afterAll(async () => {
    await Promise.all([asking, answering].map((connection) => connection!.close()));
    await hub.close();
  });

  it('asks again as soon as the connection was lost, and does not wait for its time', async () => {
    let heard: () => void;
    const first = new Promise<void>((resolve) => (heard = resolve));
    let asked = 0;
    answering!.subscribe('slow', {
      callback: (_, message: Msg) => void (asked++ === 0 ? heard() : message.respond('yes')),
    });
    await answering!.flush();
    const answer = ask(asking!, 'slow', '', { timeoutMs: 3_600_000, countAway: false });
    await first;
    await hub.crash();
    expect((await answer).string()).toBe('yes');
    expect(await isThere(asking!)).toBe(true);
  });

  it('gives up after so many tries while the hub is there', async () => {
    const silent = ask(asking!, 'nobody', '', { tries: 2, timeoutMs: 500, countAway: false });
    await expect(silent).rejects.toMatchObject({ code: 'HUB_SILENT', subject: 'nobody' });
  });

  it('waits for a hub that is away, which counts as no try', async () => {
    answering!.subscribe('later', { callback: (_, message: Msg) => void message.respond('here') });
    await answering!.flush();
    await hub.kill();
    expect(await isThere(asking!, 200)).toBe(false);
    const answer = ask(asking!, 'later', '', { tries: 1, timeoutMs: 100, countAway: false });
    let over = false;
    answer.catch(() => (over = true));
    await new Promise((resolve) => setTimeout(resolve, 1200)); // longer than one try takes
    expect(over).toBe(false);
    await hub.start();
    // The one that answers may be back later than the one that asks.
    const late = answer.catch(() => ask(asking!, 'later', '', { tries: 100, timeoutMs: 200 }));
    expect((await late).string()).toBe('here');
  });

  it('ends at once when its signal fires, and for what is not allowed', async () => {
    const stop = new AbortController();
    answering!.subscribe('never', { callback: () => stop.abort() });
    await answering!.flush();
    const aborted = ask(asking!, 'never', '', { timeoutMs: 3_600_000, signal: stop.signal });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    const site = await asSite(hub, 'a');
    await expect(ask(site, 'forbidden', '')).rejects.toMatchObject({ code: 'HUB_REFUSED', subject: 'forbidden' });
    await site.close();
    await expect(ask(site, 'fw.v1.presence', '')).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
