import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@fedward/core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { commandFile } from '../support/command.js';
import { temporaryFolderOfFile } from './folder.js';
import { operated, planned, type Operated, type Planned } from './operated.js';

/** libfaketime, as Debian's package `faketime` has it. */
const faketime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
/** A process whose clock is off by so much, such as `+365d`; what measures durations is not. */
const clock = (off: string) => ({ LD_PRELOAD: faketime, FAKETIME: off, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
const rightClock = { LD_PRELOAD: '' };

describe.skipIf(!natsServer || !existsSync(faketime))('clocks', () => {
  const folder = temporaryFolderOfFile();
  let plan: Planned;

  beforeAll(async () => {
    const size = ['--hospitals', '3', '--quorum', '3', '--rounds', '4', '--steps', '4'];
    plan = await planned(folder, 'clocks', size);
  });

  const connection = async ({ local }: Operated, site: string): Promise<JsonObject> => {
    const status = await local.ask('site', 'status', '--folder', local.siteFolder(site));
    return (status as { readonly connection: JsonObject }).connection;
  };
  /** Enrolled so long ago. */
  async function enrolled(ago: string): Promise<Operated> {
    const deployment = await operated({ environment: clock(ago) });
    onTestFinished(() => deployment.close());
    return deployment;
  }
  async function startWith({ local }: Operated, clocks: Readonly<Record<string, string>>): Promise<void> {
    const of = (party: string) => (clocks[party] === undefined ? rightClock : clock(clocks[party]));
    local.coordinator.start(of('coordinator'));
    await local.until(() => local.studies());
    for (const [id, site] of local.sites) if (!site.isRunning) site.start(of(id));
  }

  it('that are wrong by a month decide nothing; one wrong by a year is told, and right again goes on', async () => {
    const deployment = await enrolled('+0d');
    await startWith(deployment, { coordinator: '+30d', 'hospital-0': '+40d', 'hospital-1': '+365d' });
    const { local } = deployment;
    const told = await local.until(async () => {
      const { state, why } = await connection(deployment, 'hospital-1').catch(() => ({}) as JsonObject);
      return state === 'connected' || /not connected yet/.test(String(why)) ? undefined : why;
    });
    expect(told).toMatch(/certificate has ended: this machine's clock may be ahead/);
    await local.sites.get('hospital-1')!.stop();
    await startWith(deployment, {});
    await deployment.begin('clocks', plan.file);
    expect((await deployment.result('clocks')).model.sha256).toBe(plan.sha256);
  });

  it('bring certificates to their last third: all are renewed over the hub, without a restart', async () => {
    const deployment = await enrolled('-65d');
    const { local, members } = deployment;
    await startWith(deployment, {});
    for (const member of members)
      await local.until(
        async () =>
          readFileSync(join(local.logs, `${member}.log`), 'utf8').includes('the certificate was renewed') || undefined,
      );
    await deployment.begin('renewed', plan.file);
    expect((await deployment.result('renewed')).model.sha256).toBe(plan.sha256);
    expect(local.daemons.map(({ restarts }) => restarts)).toEqual([0, 0, 0, 0]);
  });

  it('go past the end of a certificate: it is said what to do, and that helps', async () => {
    const deployment = await enrolled('-100d');
    const { local } = deployment;
    await startWith(deployment, {});
    const why = await local.until(async () => {
      const told = String((await connection(deployment, 'hospital-0'))['why'] ?? '');
      return told.includes('certificate') ? told : undefined;
    });
    expect(why).toContain('fedward site request');
    const at = ['--folder', local.siteFolder('hospital-0')];
    const coordinator = ['--folder', local.coordinatorFolder];
    /** By the right clock: else what is certified has ended before it begins. */
    const now = (...args: string[]) =>
      JSON.parse(execFileSync(process.execPath, [commandFile, ...args, '--json'], { encoding: 'utf8', env: { ...process.env, ...rightClock } })) as JsonObject; // prettier-ignore
    await local.sites.get('hospital-0')!.stop();
    const { path } = now('site', 'request', ...at);
    const { welcome } = now('coordinator', 'approve', String(path), ...coordinator);
    now('site', 'join', String(welcome), ...at);
    await startWith(deployment, {});
    await local.until(async () => (await connection(deployment, 'hospital-0'))['state'] === 'connected' || undefined);
  });
});
