import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readCoordinatorConfig } from '../config/read.js';
import { run } from '../testing/command.js';
import { newFolder } from '../testing/federation.js';
import { authorityKeyPath, openOffice } from './office.js';

afterEach(() => void vi.unstubAllEnvs());

const passphrase = 'correct horse battery staple';

describe("a coordinator's passphrase", () => {
  it('opens its key and that of its authority, and nothing else does', async () => {
    const [folder, site] = [join(await newFolder(), 'c'), join(await newFolder(), 'north')];
    vi.stubEnv('FEDWARD_COORDINATOR', folder);
    vi.stubEnv('FEDWARD_PASSPHRASE', passphrase);
    await run(['coordinator', 'init', '--federation', 'fed', '--hub', 'hub.example.org']);
    const { stdout } = await run(['coordinator', 'invite', 'north', '--json']);
    const { path } = JSON.parse(stdout) as { path: string };
    await run(['site', 'init', '--invite', path, '--folder', site, '--yes']);
    const config = await readCoordinatorConfig(folder);
    expect(await readFile(authorityKeyPath(config), 'utf8')).not.toContain('PRIVATE');
    const approve = ['coordinator', 'approve', join(site, 'north.request.json'), '--yes'];

    vi.stubEnv('FEDWARD_PASSPHRASE', '');
    await expect(run(approve)).rejects.toMatchObject({ subject: 'passphrase' });
    await expect(openOffice(config, 'another passphrase')).rejects.toMatchObject({ subject: 'passphrase' });
    const file = join(folder, 'passphrase.txt');
    await writeFile(file, `${passphrase}\n`);
    expect((await run([...approve, '--passphrase-file', file])).stdout).toContain('north is a member');
    // The hospital's own key is encrypted by the passphrase that was given there.
    await expect(run(['site', 'request', '--folder', site])).rejects.toMatchObject({ subject: 'passphrase' });
    expect((await run(['site', 'request', '--folder', site, '--passphrase-file', file])).stdout).toContain(
      'fingerprint',
    );
  });

  it('is asked for at a terminal, once for both keys', async () => {
    const folder = join(await newFolder(), 'c');
    const made = await run(
      ['coordinator', 'init', '--federation', 'fed', '--hub', 'h', '--folder', folder],
      passphrase,
    );
    expect(made.stderr).toContain('The same again');
    expect(made.stdout + made.stderr).not.toContain(passphrase);
    const site = join(await newFolder(), 'north');
    const invite = ['coordinator', 'invite', 'north', '--folder', folder, '--json'];
    const { path } = JSON.parse((await run(invite, passphrase)).stdout) as { path: string };
    await run(['site', 'init', '--invite', path, '--folder', site, '--yes']);
    const { stderr } = await run(['coordinator', 'approve', join(site, 'north.request.json'), '--yes', '--folder', folder], passphrase); // prettier-ignore
    expect(stderr.match(/Passphrase of the key/g)).toHaveLength(1);
  });
});
