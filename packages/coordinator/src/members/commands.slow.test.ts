import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSiteIdentity, readSiteConfig, siteFiles } from '@fedward/site';
import { serveControl } from '@fedward/kit-daemon';
import { connectedAt, identities } from '@fedward/transport-nats';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { run } from '../testing/command.js';
import { newCoordinatorIn, newFolder, reach, runHub } from '../testing/federation.js';
import { memberHandlers } from './tell-daemon.js';

afterEach(() => void vi.unstubAllEnvs());

const init = ['coordinator', 'init', '--federation', 'fed', '--hub', 'hub.example.org'];

const fingerprintIn = (text: string): string => /(?:[A-Z2-7]{4}-){7}[A-Z2-7]{4}/.exec(text)![0];
const identityOf = async (folder: string) => readSiteIdentity(siteFiles(folder, await readSiteConfig(folder)));

describe('fedward coordinator and fedward site', () => {
  it('make a member by files and fingerprints', async () => {
    const [folder, site] = [join(await newFolder(), 'c'), join(await newFolder(), 'north')];
    vi.stubEnv('FEDWARD_COORDINATOR', folder);
    const made = await run(init);
    const invited = await run(['coordinator', 'invite', 'north']);
    expect(fingerprintIn(invited.stdout)).toBe(fingerprintIn(made.stdout));
    const invite = join(folder, 'invites', 'north.invite.json');
    expect((await run(['coordinator', 'sites'])).stdout).toMatch(/north.*invited/);
    const begin = ['site', 'init', '--invite', invite, '--folder', site];
    await expect(run(begin)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'yes' });
    await expect(run(begin, 'no')).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(run([...begin, '--fingerprint', fingerprintIn(made.stdout).replace(/.$/, '7').replace(/^./, '7')])).rejects.toThrow(); // prettier-ignore
    const asked = await run([...begin, '--fingerprint', fingerprintIn(made.stdout).toLowerCase()]);
    expect(asked.stderr).toContain('fedward site join FILE');

    await mkdir(join(folder, 'requests'));
    await rename(join(site, 'north.request.json'), join(folder, 'requests', 'north.request.json'));
    const rows = await run(['coordinator', 'sites']);
    expect(rows.stdout).toMatch(/north.*asks/);
    expect(rows.stdout).toContain(fingerprintIn(asked.stdout));
    const approve = ['coordinator', 'approve', 'north'];
    await expect(run(approve)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'yes' });
    await expect(run(approve, 'no')).rejects.toMatchObject({ code: 'ABORTED' });
    const wrong = fingerprintIn(made.stdout);
    await expect(run([...approve, '--fingerprint', wrong])).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    const approved = await run([...approve, '--fingerprint', fingerprintIn(asked.stdout)]);
    expect(approved.stderr).toContain('when the coordinator starts');
    const joined = await run(['site', 'join', join(folder, 'welcome', 'north.welcome.json'), '--folder', site]);
    expect(joined.stdout).toMatch(/^north is a member of fed; its certificate ends \S+, in 89 days/);
    expect((await run(['coordinator', 'sites'])).stdout).toMatch(/north.*member/);
    const secret = /PRIVATE KEY-----\s+([A-Za-z0-9+/]{20})/.exec(await readFile(join(site, 'keys/hub/identity.pem'), 'utf8'))![1]!; // prettier-ignore
    for (const { stdout, stderr } of [made, invited, asked, approved, joined])
      expect(stdout + stderr).not.toContain(secret);
  });

  it('answer in JSON, and somebody at a terminal', async () => {
    const [folder, site] = [join(await newFolder(), 'c'), join(await newFolder(), 'north')];
    const at = ['--folder', folder, '--json'];
    const json = async (args: readonly string[], typed?: string): Promise<Record<string, unknown>> =>
      JSON.parse((await run(args, typed)).stdout) as Record<string, unknown>;
    expect(await json([...init, ...at, '--no-start'])).toMatchObject({ federation: 'fed' });
    const { path } = await json(['coordinator', 'invite', 'north', ...at]);
    const begin = ['site', 'init', '--invite', String(path), '--folder', site, '--json', '--yes'];
    const asked = await json(begin);
    const approved = await json(['coordinator', 'approve', String(asked['path']), ...at], 'yes');
    expect(approved).toMatchObject({ site: 'north', fingerprint: asked['fingerprint'], hubTold: false });
    expect(await json(['site', 'join', String(approved['welcome']), '--folder', site, '--json'])).toMatchObject({
      certificate: { state: 'good' },
      moved: false,
    });
    const revoked = await run(['coordinator', 'revoke', 'north', '--reason', 'it left', '--folder', folder]);
    expect(revoked.stderr).toContain('--signal reload');
    expect(await json(['coordinator', 'sites', ...at])).toMatchObject({
      sites: [{ id: 'north', state: 'revoked', words: expect.stringContaining('it left') as string }],
    });
    await mkdir(join(folder, 'requests'));
    await writeFile(join(folder, 'requests', 'x.request.json'), '{}');
    expect((await run(['coordinator', 'sites', '--folder', folder])).stdout).toContain('unreadable');
  });
});

describe.skipIf(!natsServer)('commands beside a daemon', () => {
  it('have its hub take a member in, and close the connection of one that is revoked', async () => {
    const folder = await newFolder();
    const office = await newCoordinatorIn(folder);
    const { members, url } = await runHub(office);
    const system = await reach(url, members.identity('system'), 'system');
    const connected = async (site: string): Promise<boolean> =>
      (await connectedAt(system, site)).includes(identities.site('fed', site));
    const control = await serveControl(folder, memberHandlers(members, connected));
    onTestFinished(() => control.close());
    const site = join(await newFolder(), 'north');
    await run(['coordinator', 'invite', 'north', '--folder', folder]);
    const invite = join(folder, 'invites', 'north.invite.json');
    await copyFile(invite, `${site}.json`);
    await run(['site', 'init', '--invite', `${site}.json`, '--folder', site, '--yes']);
    const approved = await run(['coordinator', 'approve', join(site, 'north.request.json'), '--folder', folder, '--yes', '--json']); // prettier-ignore
    expect(JSON.parse(approved.stdout)).toMatchObject({ hubTold: true });
    await run(['site', 'join', join(folder, 'welcome', 'north.welcome.json'), '--folder', site]);
    const standing = async (): Promise<unknown> =>
      (JSON.parse((await run(['coordinator', 'sites', '--folder', folder, '--json'])).stdout) as { sites: unknown[] }).sites; // prettier-ignore
    expect(await standing()).toMatchObject([{ id: 'north', state: 'member', connected: false }]);
    const connection = await reach(url, await identityOf(site), 'north');
    expect(await standing()).toMatchObject([{ id: 'north', connected: true }]);
    const closed = connection.closed();
    await run(['coordinator', 'revoke', 'north', '--reason', 'stolen', '--folder', folder]);
    await closed;
    expect(await standing()).toMatchObject([{ id: 'north', state: 'revoked' }]);
  });
});
