import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyAuditLog } from '@fedward/audit';
import { describe, expect, it } from 'vitest';
import { exampleStudy } from '../testing/store-checks.js';
import { digestAlone, withStudies } from '../testing/studies.js';
import { softwareHere } from './software.js';

const using = withStudies();

describe('studies that are interrupted', () => {
  it('pause after the round under way, resume, and stop for good', () =>
    using(async (harness, sites) => {
      sites.onTask = async (id, round) => {
        if (id === 'site-a' && round === 1) await harness.studies.pause('held');
      };
      const study = exampleStudy({ id: 'held' });
      await harness.studies.propose(study);
      await harness.studies.start('held');
      await harness.until(
        'held',
        ({ state, events }) => state === 'paused' && events.filter(({ kind }) => kind === 'round').length === 2,
      );
      sites.onTask = async () => undefined;
      await harness.studies.resume('held');
      await harness.until('held', ({ state }) => state === 'done');
      expect((await harness.studies.result('held')).model.sha256).toBe(await digestAlone(study));
      await expect(harness.studies.stop('held', 'too late')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });

      sites.onTask = (_id, _round, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      await harness.studies.propose(exampleStudy({ id: 'ended' }));
      await harness.studies.start('ended');
      await harness.until('ended', ({ state }) => state === 'running');
      await harness.studies.stop('ended', 'a mistake');
      const { events } = await harness.until('ended', (status) => status.events.at(-1)?.kind === 'told-end');
      expect(events.at(-2)).toMatchObject({ kind: 'stopped', details: { why: 'a mistake' } });
      await expect(harness.studies.result('ended')).rejects.toThrow('has no result: it is stopped (a mistake)');
    }));

  it('are let go of without stopping what hospitals train', () =>
    using(async (harness, sites) => {
      const whenStopped: boolean[] = [];
      const training = new Promise<void>((begun) => {
        sites.onTask = (_id, _round, signal) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              whenStopped.push(sites.closed);
              reject(new Error('aborted'));
            });
            begun();
          });
      });
      await harness.studies.propose(exampleStudy({ id: 'left' }));
      await harness.studies.start('left');
      await training;
      sites.closed = false;
      await harness.studies.close();
      // A link that is closed carries no word of it.
      expect(new Set(whenStopped)).toEqual(new Set([true]));
    }));

  it('are gone on with after a restart at any point, without a step by hand, several at once', () =>
    using(async (harness, sites) => {
      const studies = [exampleStudy({ id: 'one' }, { rounds: 5 }), exampleStudy({ id: 'two' }, { seed: 7, rounds: 3 })];
      for (const study of studies) {
        await harness.studies.propose(study);
        await harness.studies.start(study.id);
      }
      for (let restarts = 0; restarts < 4; restarts++) {
        await new Promise<void>((resolve) => (sites.onTask = async () => resolve()));
        sites.onTask = async () => undefined;
        await harness.studies.close();
        await harness.begin();
        if ((await harness.studies.status('one')).state === 'done') break;
      }
      for (const study of studies) {
        await harness.until(study.id, ({ state }) => state === 'done');
        expect((await harness.studies.result(study.id)).model.sha256).toBe(await digestAlone(study));
        expect(await verifyAuditLog(join(harness.folder, study.id, 'audit'))).toMatchObject({ ok: true });
      }
    }));

  it('are refused once plan, members or software are not those that were approved', () =>
    using(async (harness, sites) => {
      const pausing = (id: string) => async (site: string, round: number) => {
        if (site === 'site-a' && round === 1) await harness.studies.pause(id);
      };
      sites.onTask = pausing('lawful');
      await harness.studies.propose(exampleStudy({ id: 'lawful' }));
      await harness.studies.start('lawful');
      await harness.until(
        'lawful',
        ({ state, events }) => state === 'paused' && events.some(({ details }) => details['round'] === 1),
      );
      sites.onTask = async () => undefined;

      await harness.studies.close();
      await harness.begin({ software: { ...softwareHere(), '@fedward/core': '9.1.0', mine: '1.0.0' } });
      await harness.studies.resume('lawful');
      const newer = await harness.until(
        'lawful',
        ({ state, why }) => state === 'paused' && why.startsWith('CONFIG_INCOMPATIBLE'),
      );
      expect(newer.why).toContain(`it was begun by @fedward/core ${softwareHere()['@fedward/core']}, this is 9.1.0`);
      expect(newer.why).toContain('it was begun without mine');

      await harness.studies.close();
      await harness.begin();
      const path = join(harness.folder, 'lawful', 'study.json');
      const text = await readFile(path, 'utf8');
      await writeFile(path, text.replace('"site-c"', '"site-d"'));
      await harness.studies.resume('lawful');
      await harness.until(
        'lawful',
        ({ state, why }) => state === 'paused' && why.includes('study.json is not the one'),
      );

      await writeFile(path, text);
      await harness.studies.resume('lawful');
      await harness.until('lawful', ({ state }) => state === 'done');
    }));
});
