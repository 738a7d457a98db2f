import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSecretFile, readSecretFile } from './secret-file.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-secret-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const secret = '-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n';
const passphrase = 'correct horse battery staple';

describe('a file of a secret', () => {
  it('gives back what was kept, for its owner alone, and is not overwritten', async () => {
    const path = join(folder, 'plain.json');
    await createSecretFile(path, secret, { name: 'the authority' });
    expect(await readSecretFile(path)).toBe(secret);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(createSecretFile(path, 'another', { name: 'x' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await readSecretFile(path)).toBe(secret);
    if (process.platform === 'win32') return;
    chmodSync(path, 0o640);
    await expect(readSecretFile(path)).rejects.toMatchObject({ code: 'KEY_EXPOSED' });
  });

  it('is opened by its passphrase alone, and by none where it was changed', async () => {
    const path = join(folder, 'encrypted.json');
    await expect(createSecretFile(path, secret, { name: 'a', passphrase: 'short' })).rejects.toMatchObject({
      subject: 'passphrase',
    });
    await createSecretFile(path, secret, { name: 'the authority', passphrase });
    expect(readFileSync(path, 'utf8')).not.toContain('BEGIN');
    expect(await readSecretFile(path, { passphrase: () => passphrase })).toBe(secret);
    for (const wrong of [undefined, 'another passphrase'])
      await expect(readSecretFile(path, { ...(wrong !== undefined && { passphrase: wrong }) })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        subject: 'passphrase',
      });
    const renamed = readFileSync(path, 'utf8').replace('the authority', 'an authority');
    const other = join(folder, 'renamed.json');
    writeFileSync(other, renamed, { mode: 0o600 });
    await expect(readSecretFile(other, { passphrase })).rejects.toMatchObject({ subject: 'passphrase' });
    writeFileSync(other, '{ "secret": "MIGH" }', { mode: 0o600 });
    await expect(readSecretFile(other)).rejects.toThrow(/no file of a secret$/);
  });
});
