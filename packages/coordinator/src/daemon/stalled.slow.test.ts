import type { Log } from '@fedward/kit-daemon';
import { expect, it, onTestFinished } from 'vitest';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { newCoordinatorIn, newFolder, runHub } from '../testing/federation.js';
import { joins } from '../testing/hospital.js';
import { HubLink } from './hub-link.js';
import { LiveLogs } from './live-logs.js';

const quiet = { debug: noWord, info: noWord, warn: noWord, error: noWord } as unknown as Log;

it.skipIf(!natsServer)(
  'a hub that answers nothing, though it runs and connections stand, is started anew, and told of',
  async () => {
    const office = await newCoordinatorIn(await newFolder());
    await joins(office, 'north');
    const { hub, members } = await runHub(office);
    const told: string[] = [];
    const link = new HubLink({
      ...{ office, members, log: quiet, live: new LiveLogs(), silentSeconds: 3 },
      onSilent: (why) => {
        told.push(why);
        hub.stalled(why);
      },
    });
    onTestFinished(() => link.close());
    await expect.poll(() => link.connected).toBe(true);
    const first = hub.pid()!;
    expect([link.silentFor, hub.remedied()]).toEqual([undefined, null]);
    // It hangs as a whole: not even SIGTERM is heeded.
    process.kill(first, 'SIGSTOP');
    await expect.poll(() => link.silentFor).toBe('federation');
    await expect.poll(() => hub.restarts()).toBe(1);
    expect(told[0]).toMatch(/^it runs, and has answered nothing in the account of (the federation|north) for \d+ s$/);
    expect(hub.remedied()).toMatch(/answered nothing/);
    await expect.poll(() => link.silentFor).toBeUndefined();
    expect([link.connected, hub.restarts()]).toEqual([true, 1]);
  },
);

function noWord(): void {
  // What is told is not looked at here.
}
