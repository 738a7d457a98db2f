import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEntryProof, parseEntryProof, verifyAuditLog } from '@fedward/audit';
import { decodeSafetensors, FedwardError, sha256 } from '@fedward/core';
import type { Study } from '@fedward/transport-nats';
import { describe, expect, it } from 'vitest';
import { exampleStudy } from '../testing/store-checks.js';
import { digestAlone, withStudies } from '../testing/studies.js';
import { sealProof } from './seal.js';
import { studyPaths } from './study-folder.js';

const using = withStudies();

describe('studies', () => {
  it('run from their proposal to their result, with the digest of the same plan run alone', () =>
    using(async (harness, sites) => {
      const { studies, folder } = harness;
      const study = exampleStudy({ id: 'whole' });
      await studies.propose(study);
      await studies.start('whole');
      const status = await harness.until('whole', ({ state }) => state === 'done');
      const result = await studies.result('whole');
      expect(result.model.sha256).toBe(await digestAlone(study));
      expect(result.rounds.map(({ participants }) => participants.length)).toEqual([3, 3, 3, 3]);
      expect(result.sites.map(({ id, roundsTrained, missed, runsOn }) => [id, roundsTrained, missed, runsOn])).toEqual(
        study.members.map((id) => [id, 4, [], 'a fake']),
      );
      expect(status.events.filter(({ kind }) => kind === 'round')).toHaveLength(4);
      expect(sites.ended.sort()).toEqual(study.members.map((id) => `${id} done`));
      expect(await verifyAuditLog(join(folder, 'whole', 'audit'))).toMatchObject({ ok: true });
      // The log ends with the digests of all files; whoever has the proof can hold one against it.
      const proof = parseEntryProof(await sealProof(studyPaths(folder, 'whole')));
      const { event } = openEntryProof(proof, [harness.verifierKey]);
      const digest = sha256(await readFile(join(folder, 'whole', 'result.json')));
      expect(event).toMatchObject({ type: 'run-sealed', details: { sha256: { 'result.json': digest } } });
      const model = decodeSafetensors(await readFile(join(folder, 'whole', 'model.safetensors')));
      expect(model.metadata).toMatchObject({ sha256: result.model.sha256 });
      const report = await readFile(join(folder, 'whole', 'report.txt'), 'utf8');
      expect(report).toContain('site-b: 4 of 4 rounds, approved, trained on a fake\n');
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
      expect(model.sha256).toBe(await digestAlone(study));
      expect(rounds).toHaveLength(4);
      expect(sites.trained.get('passing site-a')!.slice(0, 2)).toEqual([0, 1]);
      const { events } = await harness.studies.status('passing');
      expect(
        events.filter(({ kind, details }) => kind === 'waiting' && String(details['why']).includes('QUORUM_NOT_MET')),
      ).not.toEqual([]);
    }));

  it.each(['fail', 'skip'] as const)(
    'pause where spent budgets leave no quorum (%s), by name, and go on once a person has seen to it',
    (onMissedQuorum) =>
      using(async (harness, sites) => {
        const id = `spent-${onMissedQuorum}`;
        const spent = new Set<string>();
        sites.onTask = async (site, round) => {
          if (round === 1 && site !== 'site-a') spent.add(site);
          if (spent.has(site)) throw new FedwardError('BUDGET_EXCEEDED', `epsilon 3.1 of 3 at ${site}`, site);
        };
        await harness.studies.propose(exampleStudy({ id }, { quorum: 2, onMissedQuorum }));
        await harness.studies.start(id);
        const { why } = await harness.until(id, ({ state }) => state === 'paused');
        expect(why).toBe(
          "its hospitals' budgets are spent: site-b: epsilon 3.1 of 3 at site-b; site-c: epsilon 3.1 of 3 at site-c; " +
            'once that is seen to, resume it',
        );
        const trained = sites.trained.get(`${id} site-a`)!.length;
        expect(trained).toBe(2);
        sites.onTask = async () => undefined;
        await harness.studies.resume(id);
        await harness.until(id, ({ state }) => state === 'done');
        const { rounds } = await harness.studies.result(id);
        expect(rounds).toHaveLength(4);
        expect(rounds.filter(({ failure }) => failure)).toHaveLength(onMissedQuorum === 'skip' ? 1 : 0);
      }),
  );

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
