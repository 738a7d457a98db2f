import { createDecipheriv, generateKeyPairSync, scryptSync } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyFileText, readKeyFile, readSigner } from './key-file.js';
import { createKey } from './keys.js';
import { signerFromPkcs8, signerOf } from './signer.js';
import { newFolder } from './testing/folder.js';

const passphrase = 'correct horse battery staple';
const { privateKey } = generateKeyPairSync('ed25519');
const { verifierKey } = signerOf('north', privateKey);
const created = '2026-01-01T00:00:00.000Z';
/** What a guess costs is not what these tests are about. */
const cheap = { N: 2, r: 1, p: 1 };

async function write(text: string): Promise<string> {
  const path = join(newFolder(), 'north.key.json');
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

describe('the file of a key', () => {
  it('gives a signer back, in the clear and encrypted', async () => {
    const plain = await write(await keyFileText('north', privateKey, created));
    expect((await readSigner(plain)).verifierKey).toBe(verifierKey);
    expect((await readSigner(plain, { passphrase: 'not needed' })).verifierKey).toBe(verifierKey);
    const locked = await write(await keyFileText('north', privateKey, created, passphrase, cheap));
    expect(await readFile(locked, 'utf8')).not.toContain(
      privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    );
    expect((await readSigner(locked, { passphrase })).verifierKey).toBe(verifierKey);
    expect((await readSigner(locked, { passphrase: () => Promise.resolve(passphrase) })).verifierKey).toBe(verifierKey);
  });

  it('asks for a passphrase only where there is one', async () => {
    const ask = () => {
      throw new Error('asked');
    };
    const plain = await write(await keyFileText('north', privateKey, created));
    expect((await readSigner(plain, { passphrase: ask })).name).toBe('north');
    const locked = await write(await keyFileText('north', privateKey, created, passphrase, cheap));
    await expect(readSigner(locked, { passphrase: ask })).rejects.toThrow('asked');
    expect((await readKeyFile(locked)).verifierKey).toBe(verifierKey); // the public half is no secret
  });

  it('refuses a missing, another and a short passphrase by name', async () => {
    const refused = { code: 'CONFIG_INVALID', subject: 'passphrase' };
    const locked = await write(await keyFileText('north', privateKey, created, passphrase, cheap));
    await expect(readSigner(locked)).rejects.toMatchObject(refused);
    for (const other of ['', 'correct horse', `${passphrase} `])
      await expect(readSigner(locked, { passphrase: other })).rejects.toMatchObject(refused);
    await expect(keyFileText('north', privateKey, created, 'seven 7')).rejects.toMatchObject(refused);
  });

  it('takes a passphrase however its accents are typed', async () => {
    const locked = await write(await keyFileText('north', privateKey, created, 'caf\u00e9 au lait', cheap));
    expect((await readSigner(locked, { passphrase: 'cafe\u0301 au lait' })).verifierKey).toBe(verifierKey);
  });

  it('is read by scrypt and AES-256-GCM alone, at what OWASP asks for', async () => {
    const { path } = await createKey({ directory: newFolder(), name: 'north', passphrase });
    const { private: half, ...header } = JSON.parse(await readFile(path, 'utf8')) as {
      private: { value: string; nonce: string; kdf: { N: number; r: number; p: number; salt: string } };
      verifierKey: string;
    };
    const { value, ...method } = half;
    expect(method.kdf).toMatchObject({ name: 'scrypt', N: 131072, r: 8, p: 1 });
    const salt = Buffer.from(method.kdf.salt, 'base64');
    const key = scryptSync(passphrase, salt, 32, { N: 131072, r: 8, p: 1, maxmem: 2 ** 28 });
    const bytes = Buffer.from(value, 'base64');
    const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(method.nonce, 'base64'));
    cipher.setAAD(Buffer.from(canonicalJson({ ...header, private: method })));
    cipher.setAuthTag(bytes.subarray(-16));
    const der = Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]);
    expect(signerFromPkcs8('north', der).verifierKey).toBe(header.verifierKey);
  });

  it('has the scrypt of RFC 7914, section 12', () => {
    const key = scryptSync('password', 'NaCl', 64, { N: 1024, r: 8, p: 16 });
    expect(key.toString('hex')).toBe(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162' +
        '2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    );
  });

  it.skipIf(process.platform === 'win32').each([0o644, 0o640, 0o604, 0o660, 0o620, 0o601])(
    'is refused with mode %o, with what to do',
    async (mode) => {
      const path = await write(await keyFileText('north', privateKey, created));
      await chmod(path, mode);
      const refusal = readSigner(path);
      await expect(refusal).rejects.toMatchObject({ code: 'KEY_EXPOSED', subject: path });
      await expect(refusal).rejects.toThrow(`mode ${mode.toString(8)}): chmod 600`);
      await chmod(path, 0o600);
      expect((await readSigner(path)).name).toBe('north');
    },
  );

  it('that is not there, or is a folder, is named', async () => {
    const folder = newFolder();
    await expect(readSigner(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await chmod(folder, 0o700);
    await expect(readSigner(folder)).rejects.toMatchObject({ code: 'FILE_INVALID', subject: folder });
  });

  it('never is of another key after any bit of it was changed', async () => {
    for (const text of [
      await keyFileText('north', privateKey, created),
      await keyFileText('north', privateKey, created, passphrase, cheap),
    ]) {
      const path = await write(text);
      let survived = 0;
      await fc.assert(
        fc.asyncProperty(fc.nat(text.length * 8 - 1), async (bit) => {
          const bytes = Buffer.from(text);
          bytes[bit >> 3]! ^= 1 << (bit & 7);
          await writeFile(path, bytes);
          const signer = await readSigner(path, { passphrase }).catch((error: unknown) => {
            expect(error).toMatchObject({ code: expect.stringMatching(/^(FILE_INVALID|CONFIG_INVALID)$/) });
            return undefined;
          });
          // White space, and the time of a file that is not encrypted, which nothing binds.
          if (signer) survived++;
          expect(signer === undefined || signer.verifierKey === verifierKey).toBe(true);
        }),
        { numRuns: 150 },
      );
      expect(survived).toBeLessThan(30);
    }
  });

  it('that asks for too much memory, or is made of other things, is refused before anything is derived', async () => {
    const text = await keyFileText('north', privateKey, created, passphrase, cheap);
    const changes: ((file: { private: { kdf: object } }) => unknown)[] = [
      (file) => Object.assign(file.private.kdf, { N: 2 ** 24, r: 8 }),
      (file) => Object.assign(file.private.kdf, { N: 3 }),
      (file) => Object.assign(file.private.kdf, { name: 'pbkdf2' }),
      (file) => Object.assign(file, { version: 2 }),
      (file) => Object.assign(file, { type: 'rsa' }),
      (file) => Object.assign(file, { name: 'south' }),
      (file) => Object.assign(file, { note: '' }),
    ];
    for (const change of changes) {
      const file = JSON.parse(text) as { private: { kdf: object } };
      change(file);
      await expect(readSigner(await write(JSON.stringify(file)), { passphrase })).rejects.toMatchObject({
        code: 'FILE_INVALID',
      });
    }
    const other = signerOf('north', generateKeyPairSync('ed25519').privateKey);
    const swapped = {
      ...(JSON.parse(await keyFileText('north', privateKey, created)) as object),
      verifierKey: other.verifierKey,
    };
    await expect(readSigner(await write(JSON.stringify(swapped)))).rejects.toThrow(
      /of another key than its public one/,
    );
  });
});
