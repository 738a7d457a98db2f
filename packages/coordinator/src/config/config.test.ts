import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { hubAddresses } from '../hub/addresses.js';
import { newCoordinator } from '../members/init-options.js';
import { newFolder } from '../testing/federation.js';
import { coordinatorFolder, readCoordinatorConfig } from './read.js';
import { parseCoordinator, roomOf } from './schema.js';
import { coordinatorYaml } from './write.js';

afterEach(() => void vi.unstubAllEnvs());

const wishes = { federation: 'fed', hub: 'hub.example.org', listen: '0.0.0.0:4222', start: true };
const text = coordinatorYaml(newCoordinator(wishes));

describe('coordinator.yaml', () => {
  it('is read as it was written, and what is a comment in it has the value that it shows', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'coordinator.yaml'), text);
    const { paths, ...config } = await readCoordinatorConfig(folder);
    expect(paths.hubConfig).toBe(join(folder, 'hub', 'hub.conf'));
    expect(config.hub).toMatchObject({
      ...{ listen: '0.0.0.0:4222', websocket: '0.0.0.0:443', hosts: ['hub.example.org', 'localhost', '127.0.0.1'] },
      servers: ['wss://hub.example.org:443', 'tls://hub.example.org:4222'],
    });
    const uncommented = text.replace(/^( *)# ([a-z]+: (?:\{|nats-server|null|secret).*)$/gm, '$1$2');
    expect(uncommented).not.toBe(text);
    expect(parseCoordinator(parse(uncommented), 'x')).toEqual(config);
    for (const key of ['binary', 'monitoring', 'connect', 'room', 'store', 'noise', 'certificates', 'telemetry', 'log'])
      expect(uncommented).toMatch(new RegExp(`^ *${key}:`, 'm'));
    expect(roomOf(config.hub)).toEqual({ federation: 20 * 2 ** 30, site: 4 * 2 ** 30, mostSites: 32 });
  });

  it('names the key at fault, and how one is made', async () => {
    const folder = await newFolder();
    await expect(readCoordinatorConfig(folder)).rejects.toThrow(/fedward coordinator init --folder/);
    const wrong = async (change: (text: string) => string, subject: string): Promise<void> => {
      await writeFile(join(folder, 'coordinator.yaml'), change(text));
      await expect(readCoordinatorConfig(folder)).rejects.toMatchObject({ subject });
    };
    await wrong((of) => `${of}\nnois: secret\n`, 'nois');
    await wrong((of) => of.replace('federation: fed', 'federation: a b'), 'federation');
    await wrong((of) => of.replace('wss://hub.example.org:443', 'http://hub'), 'hub.servers.0');
    await wrong((of) => of.replace('listen: 0.0.0.0:4222', 'listen: 4222'), 'hub.listen');
    await wrong(() => 'a: [', join(folder, 'coordinator.yaml'));
  });

  it('is in the folder that is named, or that the environment names', () => {
    vi.stubEnv('FEDWARD_COORDINATOR', '');
    expect(() => coordinatorFolder(undefined)).toThrow(/FEDWARD_COORDINATOR/);
    vi.stubEnv('FEDWARD_COORDINATOR', '/x');
    expect([coordinatorFolder(undefined), coordinatorFolder('/y')]).toEqual(['/x', '/y']);
  });
});

describe('the addresses of a hub', () => {
  it.each([
    [{ hub: 'h:8443' }, ['wss://h:8443', 'tls://h:4222'], '0.0.0.0:8443', ['tls://127.0.0.1:4222']],
    [{ hub: 'h', websocket: false }, ['tls://h:4222'], null, ['tls://127.0.0.1:4222']],
    [{ hub: 'h', listen: '10.0.0.5:14222' }, ['wss://h:443', 'tls://h:14222'], '0.0.0.0:443', ['tls://10.0.0.5:14222']],
    [{ hub: 'h', start: false }, ['wss://h:443', 'tls://h:4222'], '0.0.0.0:443', ['wss://h:443', 'tls://h:4222']],
    [{ hub: '[::1]', listen: '[::]:4222' }, ['wss://[::1]:443', 'tls://[::1]:4222'], '0.0.0.0:443', ['tls://127.0.0.1:4222']], // prettier-ignore
  ])('of %j', async (wish, servers, websocket, own) => {
    const folder = await newFolder();
    const made = newCoordinator({ ...wishes, ...wish });
    expect(made).toMatchObject({ servers, websocket });
    expect(made.hosts.join()).not.toContain('[');
    await writeFile(join(folder, 'coordinator.yaml'), coordinatorYaml(made));
    expect(hubAddresses(await readCoordinatorConfig(folder))).toEqual(own);
  });

  it('are refused where they are none', () => {
    for (const hub of ['', 'a b', 'h:x', 'wss://h:443', 'h:99999'])
      expect(() => newCoordinator({ ...wishes, hub })).toThrow(/--hub/);
    expect(() => newCoordinator({ ...wishes, listen: '4222' })).toThrow(/--listen/);
    expect(() => newCoordinator({ ...wishes, websocket: 'x' })).toThrow(/--websocket/);
  });
});
