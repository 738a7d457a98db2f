import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSigner } from './key-file.js';
import { createKey } from './keys.js';
import { signNote } from './note.js';
import { newFolder } from './testing/folder.js';
import { parseVerifierKeys, readVerifierKeys } from './verifier-keys.js';

const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';

describe('lists of verifier keys', () => {
  it('have one key a line, and comments', () => {
    const list = `# of the north\n\n  ${vkey}  \r\n#${vkey}\n${vkey}\n`;
    expect(parseVerifierKeys(list).map((key) => key.verifierKey)).toEqual([vkey]);
  });

  it('name the line that is no key, and are not empty', async () => {
    const path = join(newFolder(), 'keys');
    await writeFile(path, `# two\n${vkey}\n${vkey.replace('530d', '530e')}\n`);
    await expect(readVerifierKeys(path)).rejects.toMatchObject({ code: 'FILE_INVALID', subject: path });
    await expect(readVerifierKeys(path)).rejects.toThrow(/line 3/);
    await writeFile(path, `#${vkey}\n`);
    await expect(readVerifierKeys(path)).rejects.toThrow(/no verifier key/);
    await expect(readVerifierKeys(`${path}2`)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

/** As whoever has nothing but the specification and another library would: none of this package's code is in it. */
async function verifiedIndependently(note: string, verifierKey: string): Promise<boolean> {
  const at = note.lastIndexOf('\n\n');
  const [text, lines] = [new TextEncoder().encode(note.slice(0, at + 1)), note.slice(at + 2)];
  const [name, id, key] = [
    verifierKey.split('+')[0]!,
    verifierKey.split('+')[1]!,
    Uint8Array.from(atob(verifierKey.split('+').slice(2).join('+')), (character) => character.charCodeAt(0)),
  ];
  const named = new TextEncoder().encode(`${name}\n`);
  const digest = new Uint8Array(await webcrypto.subtle.digest('SHA-256', Uint8Array.from([...named, ...key])));
  const hex = [...digest.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hex !== id || key[0] !== 1) return false;
  const line = lines.split('\n').find((each) => each.startsWith(`\u2014 ${name} `))!;
  const signature = Uint8Array.from(atob(line.split(' ')[2]!), (character) => character.charCodeAt(0));
  if (!signature.subarray(0, 4).every((byte, n) => byte === digest[n])) return false;
  const imported = await webcrypto.subtle.importKey('raw', key.subarray(1), { name: 'Ed25519' }, false, ['verify']);
  return webcrypto.subtle.verify({ name: 'Ed25519' }, imported, signature.subarray(4), text);
}

describe('a note that this package has signed', () => {
  it('is verified by WebCrypto and the specification alone', async () => {
    const { path } = await createKey({ directory: newFolder(), name: 'example.com/north' });
    const signer = await readSigner(path);
    const note = signNote('example.com/north\n1\nAAAA\n\nan empty line before\n', signer);
    expect(await verifiedIndependently(note, signer.verifierKey)).toBe(true);
    expect(await verifiedIndependently(note.replace('AAAA', 'AAAB'), signer.verifierKey)).toBe(false);
    const other = await createKey({ directory: newFolder(), name: 'example.com/north' });
    expect(await verifiedIndependently(note, other.verifierKey)).toBe(false);
  });

  it('so is the example of the specification', async () => {
    const note =
      'This is an example message.\n\n\u2014 example.com/foo ' +
      'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
    expect(await verifiedIndependently(note, vkey)).toBe(true);
  });
});
