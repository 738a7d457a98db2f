import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { nightly } from '../../tools/testing/nightly.js';
import { temporaryFolderOfFile } from './folder.js';
import { operated, planned, roundsOf, type Operated, type Planned } from './operated.js';

/** Whether this process may mount file systems. */
function mayMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

/** A disk of its own, small enough to be filled. */
class SmallDisk {
  constructor(
    readonly folder: string,
    MiB: number,
  ) {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MiB}m`, 'fedward-test', folder]);
  }

  /** Leaves nothing. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    try {
      writeFileSync(join(this.folder, 'filling'), new Uint8Array(bavail * bsize));
    } catch {
      // Somebody has taken some of it meanwhile: it is full all the same.
    }
  }

  free(): void {
    rmSync(join(this.folder, 'filling'), { force: true });
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.folder]);
  }
}

describe.skipIf(!natsServer || !mayMount())('a disk that is full', () => {
  const folder = temporaryFolderOfFile();
  let deployment: Operated;
  let plan: Planned;
  const disks = new Map<string, SmallDisk>();

  beforeAll(async () => {
    const size = ['--hospitals', '3', '--quorum', '3', '--rounds', '20', '--steps', '4'];
    plan = await planned(folder, 'full', size, { onMissedQuorum: 'fail' });
    const at = join(folder, 'deployment');
    mkdirSync(at);
    disks.set('hospital-1', new SmallDisk(join(at, 'hospital-1'), 128));
    disks.set('coordinator', new SmallDisk(join(at, 'coordinator'), 512));
    deployment = await operated({ folder: at });
    await deployment.local.start();
  }, 600_000);
  afterAll(async () => {
    await deployment?.close();
    for (const disk of [...disks.values()].reverse()) disk.unmount();
  });

  /** Fills a disk in the middle of a study, frees it, and has it come to its end. */
  async function filledInMidStudy(party: string, id: string, whileFull: () => Promise<void>): Promise<void> {
    const starts = deployment.local.daemons.map(({ restarts }) => restarts);
    await deployment.begin(id, plan.file);
    await deployment.until(id, (now) => roundsOf(now) > 2);
    disks.get(party)!.fill();
    await whileFull();
    disks.get(party)!.free();
    expect((await deployment.result(id)).model.sha256).toBe(plan.sha256);
    for (const daemon of deployment.local.daemons) daemon.assertRunning();
    expect(deployment.local.daemons.map(({ restarts }) => restarts)).toEqual(starts);
  }

  it('of a hospital: it refuses in words, its log and ledger are whole, and it goes on once there is room', async () => {
    const status = () =>
      deployment.local.ask(
        'site',
        'status',
        '--folder',
        deployment.local.siteFolder('hospital-1'),
      ) as Promise<JsonObject>;
    await filledInMidStudy('hospital-1', 'full-site', async () => {
      const waiting = await deployment.until('full-site', ({ why }) => why.includes('disk full'));
      expect(waiting.why).toContain('hospital-1');
      expect(await status()).toMatchObject({ refusing: 'disk full' });
    });
    expect(await status()).toMatchObject({ refusing: null, log: { verified: true } });
  });

  // With its disk the hub loses its streams, or hangs in one of them until its coordinator starts it anew.
  it.skipIf(!nightly)(
    'of the coordinator: its studies wait, nothing is half written, and they go on once there is room',
    { timeout: 600_000 },
    async () => {
      await filledInMidStudy('coordinator', 'full-coordinator', async () => {
        await pause(5000);
        const { state } = await deployment.status('full-coordinator');
        expect(['running', 'waiting']).toContain(state);
      });
      const audit = join(deployment.local.coordinatorFolder, 'studies', 'full-coordinator', 'audit');
      expect(await deployment.local.ask('audit', 'verify', audit)).toMatchObject({ ok: true });
    },
  );
});
