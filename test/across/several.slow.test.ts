import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { temporaryFolderOfFile } from './folder.js';
import { operated, planned, roundsOf, type Operated, type Planned } from './operated.js';

const size = ['--hospitals', '3', '--quorum'];

describe.skipIf(!natsServer)('several studies of one deployment', () => {
  const folder = temporaryFolderOfFile();
  let deployment: Operated;
  const plans = new Map<string, Planned>();

  beforeAll(async () => {
    const plan = async (name: string, ...flags: readonly string[]) =>
      plans.set(name, await planned(folder, name, [...size, ...flags], { onMissedQuorum: 'fail' }));
    // So long that none of those that are paused or stopped has ended before, though a command may take some ten rounds.
    await plan('long', '2', '--rounds', '120', '--steps', '2');
    await plan('copied', '2', '--rounds', '30', '--steps', '2');
    await plan(
      'scaffold',
      '3',
      '--rounds',
      '12',
      '--privacy',
      'none',
      '--aggregator',
      'scaffold',
      '--optimizer',
      'sgd',
    );
    await plan('secagg', '3', '--rounds', '6', '--privacy', 'none', '--secagg');
    await plan('compressed', '3', '--rounds', '6', '--privacy', 'none', '--compression', 'quantize');
    deployment = await operated();
    await deployment.local.start();
  }, 600_000);
  afterAll(() => deployment?.close());

  it('go on side by side, with other members each; one is paused and resumed, one stopped, a hospital is killed', async () => {
    const { members, local } = deployment;
    const begin = (id: string, its = members) => deployment.begin(id, plans.get(id)!.file, its);
    await begin('long', members.slice(0, 2));
    await deployment.local.ask('study', 'propose', '--plan', plans.get('long')!.file, '--id', 'stopped', '--members', members.slice(1).join(','), '--folder', local.coordinatorFolder); // prettier-ignore
    await deployment.say('pause', 'long');
    for (const id of ['scaffold', 'secagg', 'compressed']) await begin(id);
    await deployment.until('scaffold', (now) => roundsOf(now) > 2);
    await local.sites.get('hospital-1')!.kill();
    local.sites.get('hospital-1')!.start();
    await deployment.say('stop', 'stopped', '--reason', 'it is over');
    for (const id of ['scaffold', 'secagg', 'compressed'])
      expect((await deployment.result(id)).model.sha256, id).toBe(plans.get(id)!.sha256);
    expect(await deployment.status('long')).toMatchObject({ state: 'paused' });
    expect(await deployment.status('stopped')).toMatchObject({ state: 'stopped', why: 'it is over' });
    await expect(deployment.say('resume', 'stopped')).rejects.toThrow('it is over');
  });

  it('one goes on without a hospital that is off, asks it again once it is back, and tells what it missed', async () => {
    const { local } = deployment;
    await deployment.begin('away', plans.get('long')!.file);
    await deployment.until('away', (now) => roundsOf(now) > 1);
    await local.sites.get('hospital-2')!.stop();
    const without = await deployment.until('away', ({ events }) => JSON.stringify(events.at(-1)).includes('absent'));
    expect(without.state).toBe('running');
    await deployment.say('pause', 'away');
    local.sites.get('hospital-2')!.start();
    await deployment.until('away', ({ present }) => present.includes('hospital-2'));
    const before = roundsOf(await deployment.status('away'));
    await deployment.say('resume', 'away');
    await deployment.until('away', (now) => roundsOf(now) > before + 3);
    const result = await deployment.result('away');
    const site = result.sites.find(({ id }) => id === 'hospital-2')!;
    expect(site.missed.map(({ code }) => code)).toContain('CLIENT_ABSENT');
    expect(site.missed[0]!.reason).toMatch(/hospital-2/);
    expect(result.rounds.at(-1)!.participants).toContain('hospital-2');
    // Asked for the newest round alone, and not for all that it has missed.
    expect(site.roundsTrained + site.missed.length).toBe(result.rounds.length);
    expect(site.roundsTrained).toBeGreaterThan(0);
  });

  it('go on from a copy of the coordinator’s folder, made while it was stopped', async () => {
    const { local, members } = deployment;
    const copy = join(folder, 'copy');
    await deployment.begin('copied', plans.get('copied')!.file, members);
    await deployment.until('copied', (now) => roundsOf(now) > 3);
    await local.coordinator.stop();
    cpSync(local.coordinatorFolder, copy, { recursive: true, preserveTimestamps: true });
    expect(existsSync(join(copy, 'studies', 'copied', 'result.json'))).toBe(false); // it was in the middle of it
    rmSync(local.coordinatorFolder, { recursive: true });
    renameSync(copy, local.coordinatorFolder);
    local.coordinator.start();
    expect((await deployment.result('copied')).model.sha256).toBe(plans.get('copied')!.sha256);
  });
});
