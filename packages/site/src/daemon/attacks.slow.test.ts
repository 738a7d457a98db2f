import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { planHash, Random, type TrainingPlan } from '@fedward/core';
import { readLedger } from '@fedward/privacy-dp/ledger';
import { parseStudy, type Study } from '@fedward/transport-nats';
import { describe, expect, it } from 'vitest';
import { nightly } from '../../../../tools/testing/nightly.js';
import { newSigner } from '../../../../tools/testing/nats-federation.js';
import { fuzzed, fuzzKey, goodBody, signedText } from '../../../../tools/testing/nats-fuzz.js';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { testSeed } from '../../../../tools/testing/seed.js';
import { sealEnvelope, type Body } from '@fedward/transport-nats';
import { Besieged } from '../testing/besieged.js';
import { headOf, studyOf } from '../testing/hospitals.js';
import { tablePlan, taskOf } from '../testing/table.js';

const never = new AbortController().signal;
const plan = tablePlan();
const hash = planHash(plan);
const study = studyOf(plan, ['a', 'b']);
const coordinator = fuzzKey;
const thief = newSigner('coordinator');
const messages = nightly ? 100_000 : 21_000;
const patient = { interval: 100 };

/** All that nobody holds, so that what is left is what the daemon keeps. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Two hospitals, of which `a` has approved the study. */
async function besieged() {
  const siege = await Besieged.start(['a', 'b'], coordinator);
  const transport = siege.transport(['a', 'b'], plan);
  for (const id of ['a', 'b']) await transport.propose(id, study, never);
  await siege.site('a').door.approve(study.id, { by: 'anna', words: 'ethics vote 12' });
  const head = await headOf(siege.at, coordinator);
  const train = (round: number) =>
    transport.client('a').answer(taskOf(plan, round, { head, cohort: ['a', 'b'] }), never);
  return { siege, transport, train };
}

const releases = async (siege: Besieged): Promise<number> => (await readLedger(siege.site('a').files.ledger)).releases;
const codes = async (siege: Besieged, id = 'a') => (await siege.refusals(id)).map(({ code }) => code);

describe.skipIf(!natsServer)('a hospital under attack', () => {
  it('does nothing for whoever has the coordinator’s certificate and not its signing key', async () => {
    const { siege, train } = await besieged();
    await train(0);
    const before = siege.site('a').door;
    const [record] = await before.standings();
    const ended = { kind: 'ended', runId: study.id, how: 'stopped', words: 'it is over' };
    const other = { ...study, id: 'study-2' };
    const wishes: Partial<Body>[] = [
      { kind: 'answer', round: 1, planHash: hash },
      { kind: 'evaluate', round: 0, planHash: hash },
      { kind: 'call', round: 0, planHash: hash },
      { kind: 'describe', planHash: hash },
      { kind: 'propose', planHash: hash },
      { kind: 'cancel', said: 'answer' },
      { kind: 'notice', said: JSON.stringify({ kind: 'proposed', study: other }) },
      { kind: 'notice', said: JSON.stringify(ended) },
      { kind: 'reply', said: JSON.stringify({ answer: { certificate: 'x' } }) },
    ];
    // By its own key, by the hospital's, by the true key's signature of something else, and by none.
    const true1 = siege.message('a', { kind: 'describe', planHash: hash }, coordinator);
    for (const wish of wishes) {
      await siege.puts('a', siege.message('a', wish, thief));
      await siege.puts('a', siege.message('a', wish, siege.site('a').signer));
      await siege.puts('a', { ...siege.message('a', wish, thief), headers: true1.headers });
      await siege.puts('a', { data: siege.message('a', wish, thief).data });
    }
    await expect.poll(() => codes(siege), patient).toEqual(['SIGNATURE_INVALID']);
    // A new one behind them shows that all of them were seen.
    await train(1);
    expect(await releases(siege)).toBe(2);
    const [after, ...more] = await siege.site('a').door.standings();
    expect([after!.standing, after!.record.ended, more]).toEqual([record!.standing, null, []]);
    expect(siege.lines.filter((line) => line.includes('SIGNATURE_INVALID')).length).toBe(1);
  });

  it('answers no old message, nor one to another, whatever it says: also after a restart', async () => {
    const { siege, transport, train } = await besieged();
    const heard = siege.overhears('a');
    await train(0);
    await train(1);
    await transport.ended('a', { kind: 'ended', runId: study.id, how: 'done', words: '' }, never);
    await expect.poll(() => heard.length, patient).toBeGreaterThanOrEqual(3);
    const old = [...heard];
    const replay = async (id: string): Promise<void> => {
      for (const message of old) await siege.puts(id, message);
    };
    await replay('a');
    await expect.poll(() => codes(siege), patient).toContain('TASK_STALE');
    await replay('b');
    await expect.poll(() => codes(siege, 'b'), patient).toEqual(['MESSAGE_INVALID']);
    expect((await siege.refusals('b'))[0]!.reason).toContain('it is for "a", not for b');
    await siege.starts('a');
    await replay('a');
    await expect.poll(async () => (await codes(siege)).filter((code) => code === 'TASK_STALE').length, patient).toBe(2);
    expect(await releases(siege)).toBe(2);
    expect((await siege.site('a').door.standings())[0]!.record.answered).toEqual({ newest: 1, rounds: 2 });
  });

  it('runs nothing but what its people have approved, though the coordinator itself asks', async () => {
    const { siege, transport, train } = await besieged();
    const otherPlan = tablePlan({ seed: 8 });
    const changed: Partial<Study>[] = [
      { plan: otherPlan },
      { declared: { purpose: 'marketing' } },
      { members: ['a', 'b', 'c'] },
      { initial: `sha256:${'0'.repeat(64)}` },
      { name: 'Another' },
    ];
    for (const change of changed) {
      const standing = await transport.propose('a', parseStudy({ ...study, ...change }, 'study'), never);
      expect(standing).toMatchObject({ state: 'refused', why: expect.stringContaining('was another') as string });
    }
    const twin = { ...study, id: 'STUDY-1' };
    expect((await transport.propose('a', twin, never)).why).toMatch(/case alone/);
    expect((await transport.propose('a', { ...study, id: 'study-3', members: ['b'] }, never)).state).toBe('refused');
    const asks = async (asked: TrainingPlan, changes: object, of = 'a') =>
      siege
        .transport(['a', 'b'], asked)
        .client(of)
        .answer(taskOf(asked, 0, { cohort: ['a', 'b'], ...changes }), never);
    const refused = { code: 'PLAN_NOT_APPROVED' };
    await expect(asks(plan, {}, 'b')).rejects.toMatchObject(refused); // nobody there has approved it
    await expect(asks(otherPlan, {})).rejects.toMatchObject(refused);
    await expect(asks(plan, { runId: 'study-9' })).rejects.toMatchObject(refused);
    await expect(asks(plan, { round: plan.rounds })).rejects.toMatchObject(refused);
    // The approved hash over another plan.
    const said = JSON.stringify({ protocol: 1, message: { kind: 'propose', plan: otherPlan } });
    await siege.puts('a', siege.message('a', { kind: 'propose', planHash: hash, said }, coordinator));
    await expect.poll(() => siege.lines.some((line) => line.includes('another plan than it was admitted for')), patient).toBe(true); // prettier-ignore
    const logged = await siege.refusals('a');
    expect(logged.filter(({ code }) => code === 'CONFIG_INCOMPATIBLE').length).toBeGreaterThanOrEqual(2);
    expect(logged.filter(({ code }) => code === 'PLAN_NOT_APPROVED').length).toBeGreaterThanOrEqual(4);
    expect(await codes(siege, 'b')).toContain('PLAN_NOT_APPROVED');
    await train(0);
    await siege.site('a').door.revoke(study.id, { by: 'anna', words: 'objection' });
    await expect(train(1)).rejects.toMatchObject(refused);
    expect(await releases(siege)).toBe(1);
  });

  it('refuses other versions by name, and what is too large before it is fetched', async () => {
    const { siege } = await besieged();
    for (const v of [0, 2]) await siege.puts('a', signedText(JSON.stringify({ ...goodBody, v })));
    await expect.poll(() => codes(siege), patient).toEqual(['PROTOCOL_UNKNOWN']);
    expect((await siege.refusals('a'))[0]!.reason).toMatch(/speaks v[02], this side v1/);
    const huge = { payload: { sha256: '0'.repeat(64), size: 10 ** 12 }, planHash: hash, round: 0 };
    await siege.puts('a', siege.message('a', huge, coordinator));
    await expect.poll(() => codes(siege), patient).toContain('TASK_INVALID');
    // Words that are nested without end, in a message that is in order otherwise.
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    for (const kind of ['answer', 'notice', 'call', 'propose'])
      await siege.puts('a', siege.message('a', { kind, said: deep, planHash: hash, round: 0 }, coordinator));
    const tensors = `{"protocol":1,"message":{"kind":"answer","task":{"payload":{"layout":{"tensors":[${'{"name":"x","shape":[1]},'.repeat(30_000)}0]}}}}}`; // prettier-ignore
    await siege.puts('a', siege.message('a', { said: tensors, planHash: hash, round: 0, order: 1001 }, coordinator));
    await expect.poll(() => siege.lines.filter((line) => line.includes('declined')).length, patient).toBeGreaterThan(3);
    const again = siege.transport(['a'], plan);
    const head = await headOf(siege.at, coordinator);
    await again.client('a').answer(taskOf(plan, 0, { head, cohort: ['a', 'b'] }), never);
    expect(await releases(siege)).toBe(1);
  });

  it(`bears ${messages} messages that are none, and answers the next that is one`, { timeout: 600_000 }, async () => {
    const { siege, train } = await besieged();
    await train(0);
    const random = new Random(`siege ${testSeed()}`);
    const good = sealEnvelope({ ...goodBody, run: 'study-1', planHash: hash }, fuzzKey);
    const inAccount = siege.inAccount.get('a')!;
    const idle = async (): Promise<boolean> => {
      const info = (await inAccount.request('$JS.API.CONSUMER.INFO.TASKS.site', '')).json<{ num_pending: number; num_ack_pending: number }>(); // prettier-ignore
      return info.num_pending === 0 && info.num_ack_pending === 0;
    };
    const heap: number[] = [];
    for (let sent = 0; sent < messages;) {
      for (let i = 0; i < 1000; i++, sent++) {
        const { data, headers } = fuzzed(good, random);
        inAccount.publish(`fw.v1.task.answer.x.${i}`, data, { ...(headers && { headers }) });
      }
      await inAccount.flush();
      await expect.poll(idle, { ...patient, interval: 20 }).toBe(true);
      collectGarbage();
      heap.push(process.memoryUsage().heapUsed);
    }
    await train(1);
    expect(await releases(siege)).toBe(2);
    // In a minute each kind is logged once.
    expect((await siege.refusals('a')).length).toBeLessThan(60);
    expect(siege.lines.length).toBeLessThan(500);
    expect(new Set(await codes(siege))).toEqual(new Set(['MESSAGE_INVALID', 'PROTOCOL_UNKNOWN', 'SIGNATURE_INVALID']));
    expect(Math.min(...heap.slice(heap.length / 2)) - Math.min(...heap.slice(0, heap.length / 3))).toBeLessThan(
      50 * 2 ** 20,
    );
  });
});
