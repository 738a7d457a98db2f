import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openNote, readNote, signNote } from './note.js';
import { signerOf, verifierOf } from './signer.js';

// The example of the specification (C2SP signed-note), as other implementations have it in their tests.
const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const note = `This is an example message.

\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

const signer = signerOf('hospital-0', generateKeyPairSync('ed25519').privateKey);

describe('signed notes (C2SP)', () => {
  it('opens the example of the specification', () => {
    const { text, verified } = openNote(note, [verifierOf(vkey)]);
    expect(text).toBe('This is an example message.\n');
    expect(verified.map(({ name }) => name)).toEqual(['example.com/foo']);
  });

  it('opens what it has signed, and refuses any changed character of it', () => {
    const signed = signNote('one\ntwo\n', signer);
    const known = [verifierOf(signer.verifierKey)];
    expect(openNote(signed, known).text).toBe('one\ntwo\n');
    for (let at = 0; at < signed.length; at++) {
      const changed = signed.slice(0, at) + (signed[at] === 'x' ? 'y' : 'x') + signed.slice(at + 1);
      expect(() => openNote(changed, known), `character ${at}`).toThrow();
    }
  });

  it('lets unknown keys sign too, and rejects a wrong signature of a known one', () => {
    const other = signerOf('hospital-1', generateKeyPairSync('ed25519').privateKey);
    const both = signNote('text\n', other, signer);
    const { verified } = openNote(both, [verifierOf(signer.verifierKey)]);
    expect(verified.map(({ name }) => name)).toEqual(['hospital-0']);
    expect(() => openNote(signNote('text\n', other), [verifierOf(signer.verifierKey)])).toThrow(/none of the keys/);
    const [, line] = signNote('another\n', signer).split('\n\n');
    const forged = `${both}${line}`;
    expect(readNote(forged).signatures).toHaveLength(3);
    expect(() => openNote(`text\n\n${line}`, [verifierOf(signer.verifierKey)])).toThrow(/not of this text/);
  });

  it('opens a note again for those alone for whom it was opened', () => {
    const signed = signNote('again\n', signer);
    const own = verifierOf(signer.verifierKey);
    expect(openNote(signed, [own]).verified).toEqual([own]);
    expect(openNote(signed, [own]).verified).toEqual([own]);
    const other = verifierOf(signerOf(signer.name, generateKeyPairSync('ed25519').privateKey).verifierKey);
    for (const known of [[], [other]]) expect(() => openNote(signed, known)).toThrow('none of the keys');
    // By the name and id of a key that does not hold.
    const forged = { ...own, verify: () => false };
    expect(() => openNote(signed, [forged])).toThrow('is not of this text');
  });

  it('refuses a verifier key whose id is of another key', () => {
    expect(() => verifierOf(vkey.replace('530d903a', '530d903b'))).toThrow(/key id/);
    expect(() => verifierOf('a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')).toThrow(/verifier key/);
  });
});
