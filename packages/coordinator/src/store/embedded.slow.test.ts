import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { softwareHere } from '../studies/software.js';
import { StudyStore } from '../studies/study-store.js';
import { builtScript, runScript } from '../testing/processes.js';
import { exampleStudy } from '../testing/store-checks.js';
import { openStore } from './open.js';

const kills = 30;

describe('an embedded store whose process is killed while it writes', () => {
  it(`has all that was acknowledged, whole, ${kills} times over`, { timeout: 600_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fedward-kills-'));
    const save = await builtScript('save-forever');
    try {
      const database = await openStore({ folder });
      await new StudyStore(database).add(exampleStudy({ id: 'saved' }), softwareHere());
      await database.close();
      const random = new Random(3);
      let acknowledged = 0;
      for (let kill = 0; kill < kills; kill++) {
        const script = runScript([save.file, folder]);
        const found = await script.until('found');
        // The one that was under way at the kill may be there, or not.
        expect([acknowledged + 1, acknowledged + 2]).toContain(Number(found?.split(' ')[1]));
        await sleep(random.uniform() * 300);
        script.child.kill('SIGKILL');
        expect(await script.ended).toBe('SIGKILL');
        acknowledged = Math.max(Number(found!.split(' ')[1]) - 1, ...script.lines().slice(1).map(Number));
      }
      expect(acknowledged).toBeGreaterThan(kills);
      const again = await openStore({ folder });
      try {
        const events = await new StudyStore(again).events('saved');
        expect(events.map(({ number }) => number)).toEqual(events.map((_, i) => i));
        for (const { number, kind, details } of events.slice(1)) {
          expect(kind).toBe('event');
          expect(details).toEqual({ number, words: 'x'.repeat((number * 997) % 5000) });
        }
      } finally {
        await again.close();
      }
    } finally {
      await save.remove();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
