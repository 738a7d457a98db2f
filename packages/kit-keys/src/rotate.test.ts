import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSigner } from './key-file.js';
import { createKey, readKey } from './keys.js';
import { openNote, signNote } from './note.js';
import { keyIdText, readRotations, rotateKey } from './rotate.js';
import { followRotations, rotationOf, verifyRotation } from './rotation.js';
import { verifierOf } from './signer.js';
import { newFolder } from './testing/folder.js';

const name = 'example.com/north';

describe('a rotation', () => {
  it('leaves a new key, the verifier key of the old, and a statement that both have signed', async () => {
    const directory = newFolder();
    const old = await createKey({ directory, name });
    const secret = (JSON.parse(await readFile(old.path, 'utf8')) as { private: { value: string } }).private.value;
    const made = await rotateKey({ directory, name });
    expect(made.verifierKey).not.toBe(old.verifierKey);
    expect((await readSigner(old.path)).verifierKey).toBe(made.verifierKey);
    expect(await readFile(made.publicPath, 'utf8')).toBe(`${made.verifierKey}\n`);
    expect(verifyRotation(made.rotation.statement)).toEqual(made.rotation);
    expect(made.rotation).toMatchObject({ from: old.verifierKey, to: made.verifierKey });
    const { verified } = openNote(
      made.rotation.statement,
      [old, made].map(({ verifierKey }) => verifierOf(verifierKey)),
    );
    expect(verified).toHaveLength(2);
    const texts = await Promise.all((await readdir(directory)).map((file) => readFile(join(directory, file), 'utf8')));
    expect(texts).toHaveLength(4);
    expect(texts).toContain(`${old.verifierKey}\n`);
    for (const text of texts) expect(text).not.toContain(secret); // the old one can sign no more
  });

  it('can be followed from any key to the newest', async () => {
    const directory = newFolder();
    const keys = [(await createKey({ directory, name })).verifierKey];
    await createKey({ directory, name: `${name}2` });
    await rotateKey({ directory, name: `${name}2` });
    for (let turn = 0; turn < 3; turn++) keys.push((await rotateKey({ directory, name })).verifierKey);
    const statements = await readRotations(directory, name);
    expect(statements).toHaveLength(3);
    for (const [at, key] of keys.entries())
      expect(followRotations(key, statements.toReversed()).map(({ verifierKey }) => verifierKey)).toEqual(
        keys.slice(at),
      );
  });

  it('is no rotation with one signature, another text or another name', async () => {
    const directory = newFolder();
    const [a, b, c] = await Promise.all(
      ['a', 'b', 'c'].map(async (folder) =>
        readSigner((await createKey({ directory: join(directory, folder), name })).path),
      ),
    );
    const { statement } = rotationOf(a!, b!, '2026-01-01T00:00:00.000Z');
    const text = statement.slice(0, statement.indexOf('\n\n') + 1);
    const invalid = (note: string, code: string): void =>
      expect(() => verifyRotation(note)).toThrow(expect.objectContaining({ code }));
    for (const signers of [[a!], [b!], [a!, c!], [c!]]) invalid(signNote(text, ...signers), 'SIGNATURE_INVALID');
    invalid(statement.replace('2026', '2027'), 'SIGNATURE_INVALID');
    invalid(statement.replace(b!.verifierKey, c!.verifierKey), 'SIGNATURE_INVALID');
    invalid(signNote(`${text}more\n`, a!, b!), 'MESSAGE_INVALID');
    invalid(signNote(text.replace('rotation v1', 'rotation v2'), a!, b!), 'MESSAGE_INVALID');
    invalid(signNote(text.replace(b!.verifierKey, a!.verifierKey), a!), 'MESSAGE_INVALID');
    invalid('', 'MESSAGE_INVALID');
    const other = await readSigner((await createKey({ directory, name: 'other' })).path);
    expect(() => rotationOf(a!, other, '2026-01-01T00:00:00.000Z')).toThrow(/can't take the place/);
    expect(() => rotationOf(a!, a!, '2026-01-01T00:00:00.000Z')).toThrow(/its own place/);

    // Two successors, and a circle: nobody can tell what is right.
    const fork = [statement, rotationOf(a!, c!, '2026-01-02T00:00:00.000Z').statement];
    expect(() => followRotations(a!.verifierKey, fork)).toThrow(/two keys are said to follow/);
    const circle = [statement, rotationOf(b!, a!, '2026-01-02T00:00:00.000Z').statement];
    expect(() => followRotations(a!.verifierKey, circle)).toThrow(/follow itself/);
    expect(followRotations(c!.verifierKey, circle).map(({ verifierKey }) => verifierKey)).toEqual([c!.verifierKey]);
  });

  it('whose new key was taken away is not finished, and says so', async () => {
    const directory = newFolder();
    const { verifierKey } = await createKey({ directory, name });
    const elsewhere = newFolder();
    const path = (await createKey({ directory: elsewhere, name })).path;
    const { statement, to } = rotationOf(
      await readSigner((await readKey(directory, name)).path),
      await readSigner(path),
      '2026-01-01T00:00:00.000Z',
    );
    const id = keyIdText(verifierOf(verifierKey));
    await writeFile(join(directory, `example.com%2Fnorth~${id}.rotation`), statement);
    await expect(rotateKey({ directory, name })).rejects.toMatchObject({ code: 'FILE_INVALID' });
    await rename(path, join(directory, `example.com%2Fnorth~${keyIdText(verifierOf(to))}.next.json`));
    expect(await rotateKey({ directory, name })).toMatchObject({ verifierKey: to, resumed: true });
  });
});
