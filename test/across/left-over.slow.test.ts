import { join } from 'node:path';
import { LocalDeployment } from '@fedward/coordinator';
import { expect, it } from 'vitest';
import { command } from '../../tools/testing/deployment.js';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { processesOf } from '../support/processes.js';
import { temporaryFolderOfFile } from './folder.js';

/** It takes no part: a deployment has one at least. */
const hospital = { id: 'hospital-0', data: { scenario: 'tutorial', hospital: 'hospital-0', hospitals: 1 } };
const folder = temporaryFolderOfFile();

it.skipIf(!natsServer)(
  'the hub of a coordinator that was killed is ended by the one that follows, which runs its own',
  async () => {
    const local = await LocalDeployment.make({
      folder,
      federation: 'left',
      noise: 'seeded',
      command,
      sites: [hospital],
    });
    const hubs = (): number[] => processesOf(join(folder, 'coordinator', 'hub', 'hub.conf')).map(({ pid }) => pid);
    try {
      await local.start();
      const [first, ...others] = hubs();
      expect([typeof first, others]).toEqual(['number', []]);
      await local.coordinator.kill();
      expect(hubs()).toEqual([first]);
      await local.start();
      const now = hubs();
      expect(now).toHaveLength(1);
      expect(now).not.toContain(first);
    } finally {
      await local.close();
    }
    expect(hubs()).toEqual([]);
  },
);
