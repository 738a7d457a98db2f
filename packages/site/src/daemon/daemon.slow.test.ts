import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askControl, openLog } from '@fedward/kit-daemon';
import type { JsonObject } from '@fedward/core';
import { planHash } from '@fedward/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KnownOfSite } from '../config/index.js';
import type { LiveLine, Site } from '../door/index.js';
import { coordinatorKey, headOf, hospitalFolder, studyOf, temporary } from '../testing/hospitals.js';
import { tableIn, tablePlan, taskOf } from '../testing/table.js';
import { startSite, type Carrier, type StartOptions } from './index.js';

const program = 'site';
const plan = tablePlan();
const study = studyOf(plan, ['north']);

/** A daemon whose courier is the test. */
async function started(changes: Partial<KnownOfSite> = {}, options: Partial<StartOptions> = {}) {
  const at = temporary();
  const coordinator = await coordinatorKey(at);
  const known = { data: tableIn(at), noise: 'secret', ledger: { budget: 50 } } as const;
  const folder = await hospitalFolder(at, 'north', coordinator, { ...known, ...changes });
  const lines: string[] = [];
  const shown: LiveLine[] = [];
  let changedTimes = 0;
  const carrier: Carrier = {
    ...{ standing: { state: 'connected', server: 'tls://hub:4222' }, atWork: [], show: (line) => shown.push(line) },
    changed: () => changedTimes++,
    close: async () => undefined,
  };
  const log = await openLog({ level: 'debug', format: 'text', destination: { write: (line) => lines.push(line) } });
  let stopped = false;
  const start = async () => {
    const onStop = (): void => void (stopped = true);
    const daemon = await startSite(folder, { log, connect: async () => carrier, onStop, ...options });
    onTestFinished(() => daemon.close());
    return daemon;
  };
  const daemon = await start();
  const ask = (name: string, body: JsonObject = {}) =>
    askControl(folder, name, body, { program }) as Promise<JsonObject>;
  const head = await headOf(at, coordinator);
  return { at, folder, daemon, start, ask, lines, shown, head, changes: () => changedTimes, isStopped: () => stopped };
}

async function answered({ door }: Site, head: Awaited<ReturnType<typeof headOf>>): Promise<void> {
  const hash = planHash(plan);
  await door.admit({ kind: 'answer', runId: 'study-1', planHash: hash, round: 0, bytes: 10 });
  await (await door.clientOf(hash)).answer(taskOf(plan, 0, { head }), new AbortController().signal);
}

describe('the daemon of a site', () => {
  it('is one a folder, says where it stands, and takes approvals', async () => {
    const { daemon, start, ask, head, changes } = await started();
    await expect(start()).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('works in') as string }); // prettier-ignore
    const { site } = daemon.running;
    await site.door.study({ kind: 'proposed', study });
    expect(await ask('studies')).toMatchObject([{ id: 'study-1', state: 'waiting', roundsTrained: 0, rounds: 4 }]);
    await expect(ask('approve', { study: 'study-2', by: 'anna', words: '' })).rejects.toThrow(
      'there is no study study-2',
    );
    expect(await ask('approve', { study: 'study-1', by: 'anna', words: 'vote 12' })).toMatchObject({ by: 'anna' });
    expect(changes()).toBe(2);
    await answered(site, head);
    expect(await ask('status', { verify: true })).toMatchObject({
      ...{
        id: 'north',
        restarts: 0,
        refusing: null,
        connection: { state: 'connected' },
        noise: 'secret',
        trainers: [],
      },
      studies: [
        {
          id: 'study-1',
          state: 'approved',
          runsOn: expect.stringMatching(/^wasm /) as string,
          roundsTrained: 1,
          newest: 0,
          approvedBy: ['anna'],
        },
      ],
      ledger: { budget: 50, delta: 1e-5, releases: 1, epsilon: expect.any(Number) as number },
      log: { verified: true },
    });
    expect(await ask('revoke', { study: 'study-1', by: 'ben', words: 'enough' })).toMatchObject({ by: 'ben' });
    expect(await ask('studies')).toMatchObject([{ state: 'waiting', why: 'it was revoked by ben' }]);
  });

  it('says on what a trainer runs that site.yaml sets, and does not start where it does not run', async () => {
    const { ask, lines } = await started({ trainers: { wasm: {} } });
    const [{ runsOn }] = (await ask('status'))['trainers'] as unknown as [{ runsOn: string }];
    expect(lines.join('')).toContain(`the trainer wasm runs on ${runsOn}`);
    await expect(started({ trainers: { wasm: { backend: 'webgpu' } } })).rejects.toMatchObject({
      ...{ code: 'CONFIG_INVALID', subject: 'trainers.wasm.backend' },
    });
  });

  it('counts its starts, and stops when it is asked to', async () => {
    const { daemon, start, ask, folder, isStopped } = await started();
    expect(await ask('stop')).toEqual({ stopping: true });
    await expect.poll(isStopped).toBe(true);
    await daemon.close();
    await expect(ask('status')).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('fedward site start') as string }); // prettier-ignore
    await start();
    expect(await ask('status')).toMatchObject({ restarts: 1, log: { verified: null } });
    expect(readFileSync(join(folder, 'state', 'starts.json'), 'utf8')).toContain('2');
  });

  it('shows nothing of what it does unless it is told to, and then no word of records, files and people', async () => {
    const silent = await started();
    await silent.daemon.running.site.door.study({ kind: 'proposed', study });
    expect(silent.shown).toEqual([]);
    const { daemon, ask, shown, lines, head, at } = await started({ liveLog: true });
    const { site } = daemon.running;
    await site.door.study({ kind: 'proposed', study });
    await ask('approve', { study: 'study-1', by: 'anna', words: 'vote 12' });
    await answered(site, head);
    expect(shown).toContainEqual({ event: 'answered', study: 'study-1', round: 0, kind: 'answer' });
    expect(JSON.stringify(shown)).not.toMatch(new RegExp(`anna|vote|patients|${at}|,99,`));
    expect(lines.join('')).toContain('study study-1 is approved by anna');
  });

  it('tells figures where an address is named, and of patients none', async () => {
    const { daemon, ask, lines, head } = await started({ telemetry: { prometheus: '127.0.0.1:0' } });
    const { site } = daemon.running;
    await site.door.study({ kind: 'proposed', study });
    await expect(answered(site, head)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' });
    await ask('approve', { study: 'study-1', by: 'anna', words: '' });
    await answered(site, head);
    const [, address = ''] = /figures are at (\S+)/.exec(lines.join(''))!;
    const text = await (await fetch(address)).text();
    expect(text).toMatch(/^fedward_site_answers_total\{.*kind="answer".*\} 1$/m);
    expect(text).toMatch(/^fedward_site_refusals_total\{.*\} 1$/m);
    expect(text).not.toMatch(/anna|patients|north/);
    expect((await fetch(address.replace('metrics', 'readyz'))).status).toBe(200);
  });

  it('says that it begins nothing where the disk is full', async () => {
    const { ask } = await started({}, { freeBytes: async () => 10 });
    expect(await ask('status')).toMatchObject({ refusing: 'disk full' });
  });
});
