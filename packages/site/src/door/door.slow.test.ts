import { readAuditLog } from '@fedward/audit';
import { approvalFolder, approve, revoke } from '@fedward/compliance';
import { digestTensors, planHash, type Task } from '@fedward/core';
import { createKey, readSigner, type Signer } from '@fedward/kit-keys';
import { readLedger } from '@fedward/privacy-dp/ledger';
import type { QuestionAbout } from '@fedward/transport-nats';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KnownOfSite } from '../config/index.js';
import { coordinatorKey, headOf, hospitalFolder, opened, studyOf, temporary } from '../testing/hospitals.js';
import { tableIn, tablePlan, taskOf } from '../testing/table.js';
import { liveLine, type OpenSiteOptions, type SiteEvent } from './index.js';

const never = new AbortController().signal;
const plan = tablePlan();
const study = studyOf(plan, ['north']);
const proposed = { kind: 'proposed', study } as const;
const about = (changes: Partial<QuestionAbout> = {}): QuestionAbout => ({
  ...{ kind: 'answer', runId: 'study-1', planHash: planHash(plan), round: 0, bytes: 100 },
  ...changes,
});

/** A ledger belongs to its data, and would be the first to refuse others. */
const withoutLedger = (config: string): string => config.replace(/^ledger:\n(?: .*\n)+/m, '');

async function north(
  changes: Partial<KnownOfSite> = {},
  options: OpenSiteOptions = {},
  edit: (config: string) => string = (text) => text,
) {
  const at = temporary();
  const data = tableIn(at);
  const coordinator = await coordinatorKey(at);
  const folder = await hospitalFolder(at, 'north', coordinator, {
    ...{ data, noise: 'secret', ledger: { budget: 50 } },
    ...changes,
  });
  const path = join(folder, 'site.yaml');
  writeFileSync(path, edit(readFileSync(path, 'utf8')));
  const events: SiteEvent[] = [];
  const open = () => opened(folder, { onEvent: (event) => events.push(event), ...options });
  const site = await open();
  const again = async () => {
    await site.close();
    return open();
  };
  return { at, folder, site, again, events, door: site.door, head: await headOf(at, coordinator) };
}

async function approved(...given: Parameters<typeof north>) {
  const made = await north(...given);
  await made.door.study(proposed);
  await made.door.approve('study-1', { by: 'anna', words: 'ethics vote 12' });
  return made;
}

const answer = async (
  { door, head }: Pick<Awaited<ReturnType<typeof north>>, 'door' | 'head'>,
  round = 0,
  changes: Partial<Task> = {},
) => {
  await door.admit(about({ round }));
  return (await door.clientOf(planHash(plan))).answer(taskOf(plan, round, { head, ...changes }), never);
};

async function logOf(folder: string): Promise<{ type: string; details: Record<string, unknown> }[]> {
  const found = [];
  for await (const { event } of readAuditLog(join(folder, 'audit'))) found.push(event);
  return found as never;
}

describe('a hospital’s door', () => {
  it('lets nothing in that nobody has approved, says so once in its log, and shows what is to be approved', async () => {
    const made = await north();
    const { door, folder, site } = made;
    const refusal = { code: 'PLAN_NOT_APPROVED' };
    await expect(door.admit(about())).rejects.toMatchObject({ ...refusal, message: expect.stringContaining('was not asked') as string }); // prettier-ignore
    expect(await door.study(proposed)).toEqual({ state: 'waiting', why: 'north has not approved it yet' });
    for (let i = 0; i < 3; i++) await expect(door.admit(about())).rejects.toMatchObject(refusal);
    await expect(answer(made)).rejects.toMatchObject(refusal);
    const client = await door.clientOf(planHash(plan));
    await expect(client.answer(taskOf(plan, 0), never)).rejects.toMatchObject(refusal);
    await expect(client.describe(never)).rejects.toMatchObject(refusal);
    const [item] = await approvalFolder(site.files.inbox).proposals();
    expect(item!.proposal).toMatchObject({ name: 'Heart', subjects: [{ hospital: 'north', plan: planHash(plan) }] });
    expect((await logOf(folder)).filter(({ type }) => type === 'refusal')).toHaveLength(2);
    expect((await logOf(folder)).some(({ type }) => type === 'training')).toBe(false);
  });

  it('lets in what was approved by hand, which is in its log, until it is revoked', async () => {
    const made = await approved();
    const { door, folder, again } = made;
    expect(await door.study(proposed)).toEqual({ state: 'approved', why: '' });
    expect(door.approved).toEqual([planHash(plan)]);
    await answer(made);
    const anew = await again();
    expect(await anew.door.study(proposed)).toEqual({ state: 'approved', why: '' });
    await anew.door.revoke('study-1', { by: 'ben', words: 'Mrs Miller withdrew' });
    const revoked = { code: 'PLAN_NOT_APPROVED', message: 'it was revoked by ben' };
    await expect(anew.door.admit(about({ round: 1 }))).rejects.toMatchObject(revoked);
    expect(await anew.door.study(proposed)).toMatchObject({ state: 'waiting', why: revoked.message });
    const log = await logOf(folder);
    const said = log.filter(({ type }) => type === 'approval').map(({ details }) => details);
    expect(said).toMatchObject([
      { key: 'anna', meaning: 'ethics vote 12' },
      { key: 'ben', meaning: 'Mrs Miller withdrew' },
    ]);
    await expect(anew.door.revoke('study-1', { by: 'ben', words: '' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it.each<[string, Partial<QuestionAbout>, string]>([
    ['another plan', { planHash: `sha256:${'0'.repeat(64)}` }, 'PLAN_NOT_APPROVED'],
    ['another run', { runId: 'study-2' }, 'PLAN_NOT_APPROVED'],
    ['a round after the last', { round: 4 }, 'PLAN_NOT_APPROVED'],
    ['a round that is none', { round: 0.5 }, 'PLAN_NOT_APPROVED'],
    ['a download without end', { bytes: 2 ** 40 }, 'TASK_INVALID'],
    ['a size that is none', { bytes: NaN }, 'TASK_INVALID'],
  ])('refuses %s before anything is downloaded', async (_, changes, code) => {
    const { door } = await approved();
    await expect(door.admit(about(changes))).rejects.toMatchObject({ code });
    await door.admit(about());
  });

  it('refuses another study under an id that it knows, one of others, and one that has ended', async () => {
    const made = await approved();
    const { door } = made;
    await answer(made);
    expect(await door.study({ kind: 'proposed', study: studyOf(plan, ['south']) })).toMatchObject({ state: 'refused' });
    const other = { kind: 'proposed', study: studyOf(plan, ['north'], { name: 'Another' }) } as const;
    expect(await door.study(other)).toMatchObject({ state: 'refused', why: expect.stringContaining('id of its own') as string }); // prettier-ignore
    await door.study({ kind: 'ended', runId: 'study-1', how: 'done', words: 'all rounds' });
    await expect(door.admit(about({ round: 1 }))).rejects.toThrow('ended');
    expect(await door.study(proposed)).toMatchObject({ state: 'refused' });
    expect((await door.standings())[0]!.record.ended).toMatchObject({ how: 'done' });
  });

  it('goes on with no other data than it began with, and asks for approval of what is new', async () => {
    const made = await approved({}, {}, withoutLedger);
    const { at, door } = made;
    await answer(made);
    tableIn(at, 3);
    const changed = {
      code: 'PLAN_NOT_APPROVED',
      message: expect.stringContaining('the data sheet is another') as string,
    };
    await expect(door.admit(about({ round: 1 }))).rejects.toMatchObject(changed);
    const client = await door.clientOf(planHash(plan));
    await expect(client.answer(taskOf(plan, 1, { head: made.head }), never)).rejects.toMatchObject(changed);
    // Approved or not: its first round ran on others.
    await door.approve('study-1', { by: 'anna', words: 'corrected' });
    await expect(door.admit(about({ round: 1 }))).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
    tableIn(at);
    await door.approve('study-1', { by: 'anna', words: 'brought back' });
    await answer(made, 1);
  });

  it('tells nothing of what is wrong with its data', async () => {
    const { at, door, events } = await approved();
    tableIn(at);
    writeFileSync(join(at, 'patients.csv'), 'patient,age,sick\nMiller,forty,1\n');
    const refused = await door.admit(about()).catch((error: Error) => error);
    expect(refused).toMatchObject({ message: expect.stringContaining('its own people see why') as string });
    expect(JSON.stringify([refused, (refused as Error).message])).not.toMatch(/forty|Miller|patients\.csv/);
    const event = events.findLast((each) => each.event === 'refused')!;
    expect(event.why).toMatch(/age/);
    expect(JSON.stringify(events.map(liveLine))).not.toMatch(/forty|Miller|patients|csv|anna/);
  });

  it('refuses what its ledger has no room for, before anything is downloaded, and repeats what was paid', async () => {
    const made = await approved({ ledger: { budget: 3.5 } });
    const { site } = made;
    const first = await answer(made);
    const refused = { code: 'BUDGET_EXCEEDED' };
    let round = 1;
    for (; round < plan.rounds; round++) {
      const failed = await answer(made, round).catch((error: unknown) => error);
      if (failed instanceof Error) {
        expect(failed).toMatchObject({ ...refused, message: expect.not.stringMatching(/\d\.\d/) as string });
        break;
      }
    }
    expect(round).toBeLessThan(plan.rounds);
    const { releases } = await readLedger(site.files.ledger);
    expect(releases).toBe(round);
    await answer(made, round - 1);
    expect((await readLedger(site.files.ledger)).releases).toBe(round);
    expect(first.weight).toBe(1);
  });

  it('with secret noise gives the same bits again, also after its process has died, at no charge', async () => {
    const made = await approved();
    const { again, site, head } = made;
    const first = await answer(made);
    expect(digestTensors((await answer(made)).payload)).toBe(digestTensors(first.payload));
    const anew = { ...(await again()), head };
    const repeated = await answer(anew);
    expect(digestTensors(repeated.payload)).toBe(digestTensors(first.payload));
    expect((await readLedger(site.files.ledger)).releases).toBe(1);
    // Asked for anything else in that round it is another release, with a price of its own.
    const other = await answer(anew, 0, { cohort: ['north', 'south'] });
    expect(digestTensors(other.payload)).not.toBe(digestTensors(first.payload));
    expect((await readLedger(site.files.ledger)).releases).toBe(2);
  });

  it('without a ledger answers no round twice in two ways, also after its process has died', async () => {
    const made = await approved({}, {}, withoutLedger);
    await answer(made);
    const anew = { ...(await made.again()), head: made.head };
    await answer(anew);
    await expect(answer(anew, 0, { cohort: ['north', 'south'] })).rejects.toMatchObject({
      code: 'PLAN_NOT_APPROVED',
    });
  });

  it('begins nothing where the disk is full, and goes on by itself once there is room', async () => {
    let free = 2 ** 40;
    const { door, site } = await approved({}, { freeBytes: async () => free });
    free = 2 ** 20 - 1;
    const full = { code: 'STORAGE_FAILED', message: 'north is refusing: disk full. It goes on once there is room' };
    await expect(door.admit(about())).rejects.toMatchObject(full);
    expect(await site.refusing()).toBe('disk full');
    free = 2 ** 20 + 300;
    await expect(door.admit(about({ bytes: 101 }))).rejects.toMatchObject(full);
    await door.admit(about({ bytes: 100 }));
    expect(await site.refusing()).toBeNull();
  });

  it('keeps to its own rules, whatever was approved', async () => {
    const policy = { schemaVersion: 1, name: 'strict', minimumRecords: 1000 } as const;
    const made = await approved({ policy });
    const { door } = made;
    expect(await door.study(proposed)).toMatchObject({ state: 'refused', why: expect.stringContaining('minimumRecords') as string }); // prettier-ignore
    for (let i = 0; i < 3; i++) await door.study(proposed);
    const refusals = (await logOf(made.folder)).filter(({ details }) => details['rule'] === 'minimumRecords');
    expect(refusals).toHaveLength(1);
    await expect(answer(made)).rejects.toMatchObject({ code: 'POLICY_REFUSED' });
  });

  it('waits for two people where its rules name keys', async () => {
    const keys = join(temporary(), 'people');
    mkdirSync(keys);
    const key = async (name: string): Promise<Signer> => readSigner((await createKey({ directory: keys, name })).path);
    const [anna, ben] = [await key('anna'), await key('ben')];
    const approvals = { people: 2, keys: [anna.verifierKey, ben.verifierKey] } as const;
    const made = await north({ approvals: { ...approvals, keys: [...approvals.keys] } });
    const { door, site } = made;
    await expect(door.approve('study-1', { by: 'anna', words: '' })).rejects.toThrow('signed notes');
    expect(await door.study(proposed)).toMatchObject({ state: 'waiting' });
    const store = approvalFolder(site.files.inbox);
    const sign = async (signer: Signer): Promise<void> => {
      const [item] = await store.proposals();
      await store.addApproval(approve(item!.proposal, { signer, meaning: 'yes', time: new Date().toISOString() }));
    };
    await sign(anna);
    expect(await door.study(proposed)).toMatchObject({ state: 'waiting', why: '1 of 2 people have approved it' });
    await expect(door.admit(about())).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' });
    await sign(ben);
    expect(await door.study(proposed)).toEqual({ state: 'approved', why: '' });
    await answer(made);
    const time = new Date().toISOString();
    await store.addRevocation(revoke(planHash(plan), { signer: ben, reason: 'Mr Smith objected', time }));
    await expect(door.admit(about({ round: 1 }))).rejects.toMatchObject({
      message: expect.stringMatching(/^it was revoked by ben; 0 of 2/) as string,
    });
    expect((await logOf(site.files.folder)).filter(({ type }) => type === 'approval')).toHaveLength(2);
  });

  it('waits where no data are said, and where a plan asks for what is not installed it says what', async () => {
    const { door } = await north({ data: undefined });
    expect(await door.study(proposed)).toMatchObject({ state: 'waiting', why: expect.stringContaining('site.yaml') as string }); // prettier-ignore
    const { door: other } = await north();
    const unknown = studyOf({ ...plan, aggregator: { name: 'nobodys', options: {} } }, ['north']);
    expect(await other.study({ kind: 'proposed', study: unknown })).toMatchObject({ why: expect.stringContaining('nobodys') as string }); // prettier-ignore
  });
});
