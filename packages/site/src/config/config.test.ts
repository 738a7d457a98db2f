import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import {
  parseSiteConfig,
  readPolicy,
  readSiteConfig,
  siteFiles,
  writeSiteConfig,
  type SiteConfigInput,
} from './index.js';

const known = {
  ...{ federation: 'heart', id: 'north', coordinator: { verifierKey: 'coordinator+1234abcd+AQ' } },
  hub: { servers: ['wss://hub.example.org:443'] },
};
const said = (changes: Partial<Record<keyof SiteConfigInput, unknown>> = {}) => ({
  schemaVersion: 1,
  ...known,
  ...changes,
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'fedward-site-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe('site.yaml', () => {
  it('as it is written means what its defaults say', async () => {
    const at = folder();
    await writeSiteConfig(at, known);
    const read = await readSiteConfig(at);
    const { policy, ledger, ...rest } = read;
    expect(rest).toEqual(parseSiteConfig(said()));
    expect(policy).toMatchObject({ name: 'usual', requireSecretNoise: true, errors: 'code', minimumRecords: 10 });
    expect(ledger).toEqual({ folder: 'ledger', budget: 10 });
    await expect(writeSiteConfig(at, known)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'folder' });
  });

  it('has all that is given', async () => {
    const at = folder();
    const given: SiteConfigInput = {
      ...{ schemaVersion: 1, ...known, noise: 'seeded', liveLog: true, plugins: ['./mine.js'], policy: 'rules.yaml' },
      data: { table: 'patients.csv', schema: 'schema.json' },
      approvals: { keys: ['anna+1234abcd+AQ', 'ben+1234abcd+AQ'], people: 2 },
      ledger: { folder: '/l', budget: 3, delta: 1e-5 },
      limits: { memoryMiB: 200, trainSeconds: 3 },
      trainers: { onnx: { backend: 'webgpu', threads: 2 } },
      telemetry: { prometheus: '127.0.0.1:9464' },
      log: { level: 'debug', format: 'json' },
      folders: { audit: '/a' },
      keys: { folder: 'k', passphraseFile: 'p' },
    };
    const path = await writeSiteConfig(at, given);
    expect(await readSiteConfig(at)).toEqual(parseSiteConfig(given));
    expect(parse(readFileSync(path, 'utf8'))).toMatchObject({ data: { table: 'patients.csv' } });
  });

  it.each<[string, Partial<Record<keyof SiteConfigInput, unknown>>]>([
    ['id', { id: '../north' }],
    ['hub.servers.0', { hub: { servers: ['http://hub'] } }],
    ['ledger.budget', { ledger: { budget: 0 } }],
    ['data.schema', { data: { table: 'x.csv' } }],
    ['data.table', { data: { table: 'x.csv', schema: 's', scenario: 'tutorial' } }],
    ['data.hospital', { data: { table: 'x.csv', schema: 's', hospital: 'a' } }],
    ['data.table', { data: {} }],
    ['surprise', { surprise: 1 } as never],
    ['approvals', { approvals: { keys: ['a'], people: 2 } }],
    ['trainers.onnx', { trainers: { onnx: 'webgpu' } }],
    ['telemetry.prometheus', { telemetry: { prometheus: 'everywhere' } }],
  ])('names the key %s', (key, changes) => {
    const message = expect.stringContaining(key) as string;
    expect(() => parseSiteConfig(said(changes))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message, subject: key }) as Error,
    );
  });

  it('tells what is missing, and what is no YAML', async () => {
    const at = folder();
    await expect(readSiteConfig(at)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringContaining('fedward site init') as string,
    });
    writeFileSync(join(at, 'site.yaml'), 'id: [');
    await expect(readSiteConfig(at)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('places all that is its own in its folder, unless it says otherwise', () => {
    const files = siteFiles('/srv/site', parseSiteConfig(said({ folders: { audit: '/var/log/fedward' } })));
    expect(files).toMatchObject({
      ...{ key: '/srv/site/keys/north.key.json', audit: '/var/log/fedward', state: '/srv/site/state' },
      ...{ ledger: '/srv/site/ledger' },
    });
  });

  it('has the rules of its own file, with who approves', async () => {
    const at = folder();
    writeFileSync(join(at, 'rules.yaml'), 'schemaVersion: 1\nname: ours\nminimumRecords: 50\n');
    const approvals = { keys: ['anna+1234abcd+AQ'] };
    const config = parseSiteConfig(said({ policy: 'rules.yaml', approvals }));
    expect(await readPolicy(at, config)).toMatchObject({ name: 'ours', minimumRecords: 50, approvals: { people: 1 } });
    writeFileSync(join(at, 'rules.yaml'), 'schemaVersion: 1\nname: ours\napprovals: { keys: [a] }\n');
    await expect(readPolicy(at, config)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'approvals' });
    expect(await readPolicy(at, parseSiteConfig(said({ noise: 'seeded' })))).toMatchObject({
      ...{ name: 'usual', requireSecretNoise: false },
    });
  });
});
