import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { sha256 } from '@fedward/core';
import { MerkleTree, formatCheckpoint, formatProof, inclusionProof, leafHash } from '@fedward/kit-merkle';
import { signerOf, verifierOf } from '@fedward/kit-keys';
import { afterAll, describe, expect, it } from 'vitest';
import { someFacts } from '../testing/pack-facts.js';
import { readPack, writePack } from './folder.js';
import { signPack, verifyPack } from './manifest.js';
import { renderPack } from './pack.js';
import { filesInZip, zipOf } from './zip.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-pack-'));
afterAll(() => rmSync(folder, { recursive: true }));

const signer = signerOf('officer', generateKeyPairSync('ed25519').privateKey);
const other = signerOf('other', generateKeyPairSync('ed25519').privateKey);
const officer = verifierOf(signer.verifierKey);
const leaves = ['{"n":0}', '{"n":1}', '{"n":2}'].map((text) => Buffer.from(text));
const tree = new MerkleTree();
for (const leaf of leaves) tree.append(leaf);
const proof = formatProof({
  index: 1,
  proof: inclusionProof(leaves.map(leafHash), 1),
  checkpoint: formatCheckpoint({ origin: 'x', size: 3, root: tree.root }),
});
const pack = renderPack(someFacts({ proofs: [{ type: 'run-start', index: 1, entry: '{"n":1}', proof }] }));
const signed = signPack(pack, signer);

describe('a signed pack', () => {
  it('verifies by the key of whom is trusted, and by nobody else', () => {
    expect(verifyPack(signed, [officer])).toMatchObject({ ok: true, signed: true, signedBy: ['officer'], faults: [] });
    expect(verifyPack(signed, [])).toMatchObject({ ok: true, signed: true, signedBy: [] });
    expect(verifyPack(pack, [])).toMatchObject({ ok: true, signed: false });
    expect(verifyPack(pack, [officer])).toMatchObject({ ok: false, faults: [{ file: 'manifest.note' }] });
    expect(verifyPack(signed, [verifierOf(other.verifierKey)])).toMatchObject({ ok: false, signedBy: [] });
  });

  it.each([...signed.keys()])('says so where %s was changed, or is missing', (file) => {
    const changed = new Map(signed).set(file, Buffer.concat([signed.get(file)!, Buffer.from(' ')]));
    const found = verifyPack(changed, [officer]);
    expect(found.ok).toBe(false);
    // A changed manifest is another than the one that was signed.
    const blamed = file === 'manifest.json' ? 'manifest.note' : file;
    expect(found.faults.map((fault) => fault.file)).toContain(blamed);
    const without = new Map(signed);
    without.delete(file);
    expect(verifyPack(without, [officer]).faults.map((fault) => fault.file)).toContain(file);
  });

  it('says so where a file was added, or the manifest was made anew by another', () => {
    const more = new Map(signed).set('more.md', Buffer.from('x'));
    expect(verifyPack(more, []).faults).toEqual([{ file: 'more.md', message: 'the manifest says nothing of it' }]);
    const forged = signPack(renderPack(someFacts({ bytes: null })), other);
    forged.set('manifest.note', signed.get('manifest.note')!);
    expect(verifyPack(forged, []).ok).toBe(true);
    expect(verifyPack(forged, [officer]).faults).toEqual([
      { file: 'manifest.note', message: 'it is of another manifest' },
    ]);
    expect(verifyPack(new Map([['manifest.json', Buffer.from('{}')]]), []).faults[0]!.file).toBe('manifest.json');
  });

  it('says so where a proof is of another entry, whatever the manifest says', () => {
    const swapped = renderPack(someFacts({ proofs: [{ type: 'run-start', index: 1, entry: '{"n":2}', proof }] }));
    expect(verifyPack(swapped, []).faults).toEqual([
      { file: 'proofs/run-start.tlog-proof', message: 'the entry beside it is not in the log whose head it has' },
    ]);
  });
});

describe('an archive', () => {
  it('has equal bytes in every time zone, and gives back what went in', () => {
    const zone = process.env['TZ'];
    try {
      process.env['TZ'] = 'Pacific/Kiritimati';
      const east = zipOf(signed);
      process.env['TZ'] = 'Pacific/Pago_Pago';
      expect(sha256(zipOf(new Map([...signed].reverse())))).toBe(sha256(east));
      const back = filesInZip(east, 'x.zip');
      expect([...back.keys()]).toEqual([...signed.keys()].sort());
      for (const [file, content] of signed) expect(sha256(back.get(file)!)).toBe(sha256(content));
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it.each(['../out.txt', '/etc/x', 'a/../../b', 'C:\\x', '..\\x'])('with the name %s is refused', (name) => {
    expect(() => filesInZip(zipSync({ [name]: new Uint8Array(1) }), 'x.zip')).toThrow(/leads out of a folder/);
  });

  it('that is none, or says that it holds too much, is refused before memory is taken', () => {
    expect(() => filesInZip(Buffer.from('no zip'), 'x.zip')).toThrow(/is not the archive of a pack/);
    const bomb = zipSync({ 'a.md': new Uint8Array(100) });
    // The size in its central directory (APPNOTE.TXT 4.3.12): at 24 from the start of that entry.
    const at = Buffer.from(bomb).indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    new DataView(bomb.buffer).setUint32(at + 24, 2 ** 31, true);
    expect(() => filesInZip(bomb, 'x.zip')).toThrow(/more than 512 MiB/);
  });
});

describe('a folder', () => {
  it('gives back what was written, and is not written over', async () => {
    const path = join(folder, 'pack');
    await writePack(signed, path);
    const read = await readPack(path);
    expect(verifyPack(read, [officer])).toMatchObject({ ok: true, files: signed.size });
    await expect(writePack(signed, path)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: '--out' });
    writeFileSync(join(folder, 'pack.zip'), zipOf(read));
    expect(verifyPack(await readPack(join(folder, 'pack.zip')), [officer]).ok).toBe(true);
  });

  it('with a link is refused, and one that is not there is missed by name', async () => {
    const path = join(folder, 'linked');
    await writePack(new Map([['a.md', Buffer.from('x')]]), path);
    symlinkSync('/etc/hostname', join(path, 'b.md'));
    await expect(readPack(path)).rejects.toThrow(/b\.md is not a plain file/);
    await expect(readPack(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
