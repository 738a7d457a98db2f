import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { killedAt, restoreDisk } from '../../../tools/testing/disk.js';
import { readSigner } from './key-file.js';
import { createKey, readKey } from './keys.js';
import { readRotations, rotateKey } from './rotate.js';
import { followRotations } from './rotation.js';
import { newFolder } from './testing/folder.js';

afterEach(restoreDisk);

const name = 'example.com/north';

describe('a rotation', () => {
  it('killed at any call of the disk leaves a key, and is finished by the next', async () => {
    let survived = false;
    let resumed = 0;
    for (let number = 0; !survived; number++)
      for (const done of [false, true]) {
        const directory = newFolder();
        const old = await createKey({ directory, name });
        survived = (await killedAt(number, done, () => rotateKey({ directory, name }))) === 'survived';
        const between = await readKey(directory, name);
        expect((await readSigner(between.path)).verifierKey).toBe(between.verifierKey);
        const after = await rotateKey({ directory, name });
        if (after.resumed) resumed++;
        const statements = await readRotations(directory, name);
        const chain = followRotations(old.verifierKey, statements).map(({ verifierKey }) => verifierKey);
        expect(chain.at(-1)).toBe(after.verifierKey);
        expect(chain).toHaveLength(statements.length + 1);
        expect(await readFile(after.publicPath, 'utf8')).toBe(`${after.verifierKey}\n`);
        expect((await readSigner(after.path)).verifierKey).toBe(after.verifierKey);
      }
    expect(resumed).toBeGreaterThan(10);
  });

  it('opens the old key by its passphrase, and closes the new one by its own', async () => {
    const directory = newFolder();
    await createKey({ directory, name, passphrase: 'the old passphrase' });
    await expect(rotateKey({ directory, name })).rejects.toMatchObject({ subject: 'passphrase' });
    const made = await rotateKey({
      directory,
      name,
      passphrase: 'the old passphrase',
      newPassphrase: 'the new passphrase',
    });
    expect(made.encrypted).toBe(true);
    expect((await readSigner(made.path, { passphrase: 'the new passphrase' })).verifierKey).toBe(made.verifierKey);
    // Nobody who says nothing of it is left with a key in the clear.
    const again = await rotateKey({ directory, name, passphrase: () => 'the new passphrase' });
    expect(again.encrypted).toBe(true);
    expect((await readSigner(again.path, { passphrase: 'the new passphrase' })).verifierKey).toBe(again.verifierKey);
  });
});
