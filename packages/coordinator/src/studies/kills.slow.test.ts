import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAuditLog } from '@fedward/audit';
import { Random } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtScript, runScript } from '../testing/processes.js';
import { exampleStudy } from '../testing/store-checks.js';
import { digestAlone } from '../testing/studies.js';

const study = exampleStudy({ id: 'killed' }, { rounds: 30 });
const points = ['coordinator.round-started', 'coordinator.update-taken', 'coordinator.checkpoint-saved'];

describe('a process that runs a study, killed', () => {
  let expected: string;
  let script: Awaited<ReturnType<typeof builtScript>>;
  beforeAll(async () => {
    expected = await digestAlone(study);
    script = await builtScript('run-study');
  });
  afterAll(() => script.remove());

  async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'fedward-killed-'));
    try {
      await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function endsRight(folder: string): Promise<void> {
    const last = runScript([script.file, folder]);
    expect(await last.until('done')).toBe(`done ${expected}`);
    expect(await last.ended).toBe(0);
    const logs = [join('studies', 'killed'), ...study.members.map((id) => join('sites', 'killed', id))];
    for (const log of logs) expect(await verifyAuditLog(join(folder, log, 'audit'))).toMatchObject({ ok: true });
  }

  it.each(points)('at %s goes on when it is started again, to the same digest', (point) =>
    inFolder(async (folder) => {
      const killed = runScript([script.file, folder, point, '7']);
      expect(await killed.ended).toBe('SIGKILL');
      await endsRight(folder);
    }),
  );

  it('at random moments, again and again, comes to the same digest', { timeout: 600_000 }, () =>
    inFolder(async (folder) => {
      const random = new Random(11);
      for (let kill = 0; kill < 8; kill++) {
        const killed = runScript([script.file, folder]);
        await killed.until('ready');
        await sleep(random.uniform() * 600);
        killed.child.kill('SIGKILL');
        await killed.ended;
      }
      await endsRight(folder);
    }),
  );
});
