import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyAuditLog } from '@fedward/audit';
import { decodeSafetensors, digestTensors, FedwardError, runFederation, type TrainingPlan } from '@fedward/core';
import { firstWeights } from '@fedward/sim-healthcare';
import type { Study } from '@fedward/transport-nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../store/database.js';
import { openStore } from '../store/open.js';
import { Harness, type HarnessOptions } from '../testing/harness.js';
import { fakePlugins, FakeSites } from '../testing/sites.js';
import { exampleStudy } from '../testing/store-checks.js';
import { softwareHere } from './software.js';

let place: string;
let database: Database;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'fedward-store-'));
  database = await openStore({ folder: join(place, 'store') });
}, 60_000);
afterAll(async () => {
  await database?.close();
  await rm(place, { recursive: true, force: true });
});

async function using(
  use: (harness: Harness, sites: FakeSites) => Promise<void>,
  options: HarnessOptions = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-sites-'));
  const sites = new FakeSites(folder);
  const harness = await Harness.open(database, sites, options);
  try {
    await use(harness, sites);
  } finally {
    await harness.close();
    await sites.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the same plan comes to without any coordinator. */
async function digestOf(study: Study): Promise<string> {
  const { aggregator, mechanisms } = await fakePlugins(study.plan as TrainingPlan);
  const transport = await new FakeSites().open(study);
  const initial = firstWeights(study.plan as TrainingPlan, undefined).parameters;
  const { model } = await runFederation({
    runId: 'alone',
    plan: study.plan,
    transport,
    aggregator,
    mechanisms,
    initial,
  });
  return digestTensors(model);
}

describe('studies', () => {
  it('run from their proposal to their result, with the digest of the same plan run alone', () =>
    using(async (harness, sites) => {
      const { studies, folder } = harness;
      const study = exampleStudy({ id: 'whole' });
      await studies.propose(study);
      await studies.start('whole');
      const status = await harness.until('whole', ({ state }) => state === 'done');
      const result = await studies.result('whole');
      expect(result.model.sha256).toBe(await digestOf(study));
      expect(result.rounds.map(({ participants }) => participants.length)).toEqual([3, 3, 3, 3]);
      expect(result.sites.map(({ id, roundsTrained, missed }) => [id, roundsTrained, missed])).toEqual(
        study.members.map((id) => [id, 4, []]),
      );
      expect(status.events.filter(({ kind }) => kind === 'round')).toHaveLength(4);
      expect(sites.ended.sort()).toEqual(study.members.map((id) => `${id} done`));
      expect(await verifyAuditLog(join(folder, 'whole', 'audit'))).toMatchObject({ ok: true });
      const model = decodeSafetensors(await readFile(join(folder, 'whole', 'model.safetensors')));
      expect(model.metadata).toMatchObject({ sha256: result.model.sha256 });
      const report = await readFile(join(folder, 'whole', 'report.txt'), 'utf8');
      expect(report).toContain('site-b: 4 of 4 rounds, approved');
      expect(report).toContain('nobody, in any round');
    }));

  it('wait for each approval, notice one that is given later, and say whose is missing', () =>
    using(async (harness, sites) => {
      sites.standings.set('site-b', { state: 'waiting', why: 'for two people' });
      await harness.studies.propose(exampleStudy({ id: 'later' }));
      await harness.until('later', ({ standings }) => standings[1]!.state === 'waiting');
      await expect(harness.studies.resume('later')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      await harness.studies.start('later');
      const { why } = await harness.until(
        'later',
        (status) => status.state === 'waiting' && status.why.includes('2 of 3'),
      );
      expect(why).toBe('for approvals, 2 of 3: site-b (waiting: for two people)');
      sites.standings.set('site-b', { state: 'approved', why: '' });
      await harness.until('later', ({ state }) => state === 'done');
    }));

  it('start without those who have not approved where the quorum is enough, and ask them once they have', () =>
    using(async (harness, sites) => {
      sites.standings.set('site-c', { state: 'refused', why: 'not our purpose' });
      sites.onTask = async (_id, round) => {
        if (round !== 1) return;
        sites.standings.set('site-c', { state: 'approved', why: '' });
        await harness.until('quorum', ({ standings }) => standings[2]!.state === 'approved');
      };
      await harness.studies.propose(exampleStudy({ id: 'quorum' }, { quorum: 2 }));
      await harness.studies.start('quorum', true);
      await harness.until('quorum', ({ state }) => state === 'done');
      const { sites: told } = await harness.studies.result('quorum');
      expect(told[2]).toMatchObject({ id: 'site-c', roundsTrained: 2, standing: 'approved' });
      expect(told[2]!.missed.map(({ round, code }) => [round, code])).toEqual([
        [0, 'APPROVAL_AWAITED'],
        [1, 'APPROVAL_AWAITED'],
      ]);
    }));

  it('that wait for all may be content with the quorum later on, and are not started twice otherwise', () =>
    using(async (harness, sites) => {
      sites.standings.set('site-c', { state: 'waiting', why: 'on holiday' });
      await harness.studies.propose(exampleStudy({ id: 'content' }, { quorum: 2 }));
      await harness.studies.start('content');
      await harness.until('content', ({ why }) => why.includes('2 of 3'));
      await expect(harness.studies.start('content')).rejects.toThrow('it was started already');
      await harness.studies.start('content', true);
      await harness.until('content', ({ state }) => state === 'done');
    }));

  it('go on without a hospital that is away, ask it once it is back, and tell which rounds lack it and why', () =>
    using(async (harness, sites) => {
      sites.onTask = async (id, round) => {
        if (id === 'site-a' && round === 1) sites.away.add('site-b');
        if (id === 'site-a' && round === 3) sites.away.delete('site-b');
      };
      await harness.studies.propose(exampleStudy({ id: 'away' }, { quorum: 2, rounds: 6 }));
      await harness.studies.start('away');
      await harness.until('away', ({ state }) => state === 'done');
      const { rounds, sites: told } = await harness.studies.result('away');
      expect(rounds[2]).toMatchObject({
        participants: ['site-a', 'site-c'],
        dropped: [{ id: 'site-b', code: 'CLIENT_ABSENT' }],
      });
      expect(told[1]!.missed.map(({ round }) => round)).toContain(2);
      expect(rounds[4]!.participants).toContain('site-b');
    }));

  it('wait while a quorum is away, costing no round, and go on by themselves', () =>
    using(async (harness, sites) => {
      sites.onTask = async (id, round) => {
        if (id === 'site-c' && round === 1) ['site-a', 'site-b', 'site-c'].forEach((one) => sites.away.add(one));
      };
      await harness.studies.propose(exampleStudy({ id: 'night' }, { onMissedQuorum: 'skip' }));
      await harness.studies.start('night');
      const { why } = await harness.until(
        'night',
        (status) => status.state === 'waiting' && status.why.includes('hospitals'),
      );
      expect(why).toContain('0 of 1 can be asked: site-a is absent: not heard for 60 s');
      sites.away.clear();
      await harness.until('night', ({ state }) => state === 'done');
      const { rounds } = await harness.studies.result('night');
      expect(rounds).toHaveLength(4);
      expect(rounds.filter(({ failure }) => failure).length).toBeLessThanOrEqual(1);
    }));

  it('go on after errors that pass, from the newest checkpoint, with the same digest', () =>
    using(async (harness, sites) => {
      let failures = 3;
      sites.onTask = async (id, round) => {
        if (round === 2 && id !== 'site-a' && failures-- > 0)
          throw new FedwardError('STORAGE_FAILED', 'the disk is full', id);
      };
      const study = exampleStudy({ id: 'passing' }, { quorum: 3 });
      await harness.studies.propose(study);
      await harness.studies.start('passing');
      await harness.until('passing', ({ state }) => state === 'done');
      const { model, rounds } = await harness.studies.result('passing');
      expect(model.sha256).toBe(await digestOf(study));
      expect(rounds).toHaveLength(4);
      expect(sites.trained.get('passing site-a')!.slice(0, 2)).toEqual([0, 1]);
      const { events } = await harness.studies.status('passing');
      expect(
        events.filter(({ kind, details }) => kind === 'waiting' && String(details['why']).includes('QUORUM_NOT_MET')),
      ).not.toEqual([]);
    }));

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
      expect((await harness.studies.result('held')).model.sha256).toBe(await digestOf(study));
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
        expect((await harness.studies.result(study.id)).model.sha256).toBe(await digestOf(study));
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

  it('are not taken in where they can not work', () =>
    using(async ({ studies }) => {
      const refused = async (study: Study, code: string, words: string) => {
        const error = await studies.propose(study).catch((thrown: Error) => thrown);
        expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
        await expect(studies.status(study.id)).rejects.toThrow('there is no study');
      };
      await refused(
        exampleStudy({ id: 'a', members: ['site-a', 'stranger'] }),
        'CONFIG_INVALID',
        'stranger: no member',
      );
      await refused(exampleStudy({ id: 'b', members: ['site-a', 'site-a'] }), 'CONFIG_INVALID', 'twice');
      await refused(exampleStudy({ id: 'c' }, { quorum: 4 }), 'CONFIG_INVALID', 'quorum is 4');
      await refused(exampleStudy({ id: 'd' }, { aggregator: { name: 'fedavgg' } }), 'PLUGIN_UNKNOWN', 'fedavgg');
      await refused(exampleStudy({ id: 'e', initial: `sha256:${'0'.repeat(64)}` }), 'CONFIG_INVALID', 'go together');
    }));
});
