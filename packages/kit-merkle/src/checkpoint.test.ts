import { openNote, signNote, verifierOf } from '@fedward/kit-keys';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.js';
import { cosign, cosignaturesOf, cosignerKeyOf } from './cosignature.js';
import { leafHash, nodeHash } from './merkle.js';
import { testSigner } from './testing/signer.js';
import { formatProof, openProof, parseProof } from './tlog-proof.js';

// The example of C2SP tlog-cosignature. No keys of it are published: what can be held against it is its form.
const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const example = `${text}
\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;
const root = '0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62';

const log = testSigner('example.com/log');
const witness = testSigner('witness.example.com/w1');

describe('checkpoints (C2SP tlog-checkpoint)', () => {
  it('are read as the specification has them, with signatures or without', () => {
    const said = { origin: 'example.com/behind-the-sofa', size: 20852163, root };
    expect(parseCheckpoint(text)).toEqual(said);
    expect(parseCheckpoint(example)).toEqual(said);
    expect(formatCheckpoint(said)).toBe(text);
  });

  it('may have lines of extensions', () => {
    expect(parseCheckpoint(`${text}more\n`).size).toBe(20852163);
  });

  it('are refused in any other form', () => {
    const [origin, size, hash] = text.split('\n') as [string, string, string];
    const others = [
      '',
      `${origin}\n${size}\n${hash}`,
      `${origin}\n${size}\n`,
      `\n${size}\n${hash}\n`,
      `${origin}\n0${size}\n${hash}\n`,
      `${origin}\n-1\n${hash}\n`,
      `${origin}\n${2 ** 53}\n${hash}\n`,
      `${origin}\n${size}\n${hash.slice(0, -2)}J=\n`, // the same bytes, spelt otherwise
      `${origin}\n${size}\n${hash.slice(4)}\n`,
    ];
    for (const other of others) expect(() => parseCheckpoint(other), JSON.stringify(other)).toThrow(/not a checkpoint/);
    for (const bad of [
      { origin: '', size: 1, root },
      { origin: 'a\nb', size: 1, root },
      { origin: 'a', size: -1, root },
      { origin: 'a', size: 1, root: 'x' },
    ])
      expect(() => formatCheckpoint(bad)).toThrow(/not a checkpoint/);
  });

  it('are signed as notes', () => {
    const note = signCheckpoint(5, root, log);
    expect(openNote(note, [verifierOf(log.verifierKey)]).text).toBe(
      formatCheckpoint({ origin: log.name, size: 5, root }),
    );
  });
});

describe('cosignatures (C2SP tlog-cosignature)', () => {
  const verifier = verifierOf(witness.verifierKey);
  const note = signCheckpoint(5, root, log);

  it('have the form of the example: key id, time, signature', () => {
    const bytesOf = (line: string) => Buffer.from(line.trimEnd().split(' ')[2]!, 'base64');
    const theirs = bytesOf(example.trimEnd().split('\n').at(-1)!);
    const line = cosign(text, witness, 1679315147);
    const ours = bytesOf(line);
    expect(line.startsWith('\u2014 witness.example.com/w1 ')).toBe(true);
    expect(ours).toHaveLength(theirs.length);
    expect(ours.subarray(4, 12)).toEqual(theirs.subarray(4, 12));
  });

  it('are over the header, the time and the text of the checkpoint', () => {
    const message = `cosignature/v1\ntime 1679315147\n${text}`;
    const line = cosign(example, witness, 1679315147);
    const signature = Buffer.from(line.trimEnd().split(' ')[2]!, 'base64').subarray(12);
    expect(verifier.verify(Buffer.from(message), signature)).toBe(true);
    expect(cosign(text, witness, 1679315147)).toBe(line); // signatures are not cosigned
  });

  it('are of a key of their own type', () => {
    expect(cosignerKeyOf(witness)).toMatch(/^witness\.example\.com\/w1\+[0-9a-f]{8}\+B/);
    const id = cosignerKeyOf(witness).split('+')[1];
    const line = cosign(note, witness, 1);
    expect(Buffer.from(line.trimEnd().split(' ')[2]!, 'base64').toString('hex', 0, 4)).toBe(id);
    expect(id).not.toBe(witness.verifierKey.split('+')[1]);
  });

  it('are found under a note, and no others', () => {
    const stranger = testSigner('stranger');
    const both = note + cosign(note, stranger, 7) + cosign(note, witness, 8);
    expect(cosignaturesOf(both, [verifier])).toEqual([{ name: witness.name, time: 8 }]);
    expect(cosignaturesOf(note, [verifier])).toEqual([]);
    expect(openNote(both, [verifierOf(log.verifierKey)]).verified).toHaveLength(1);
  });

  it('do not hold for another checkpoint, another time, or cut off', () => {
    const other = signCheckpoint(6, root, log);
    expect(() => cosignaturesOf(other + cosign(note, witness, 8), [verifier])).toThrow(/not of this checkpoint/);
    const bytes = Buffer.from(cosign(note, witness, 8).trimEnd().split(' ')[2]!, 'base64');
    bytes[11]! ^= 1;
    const later = `\u2014 ${witness.name} ${bytes.toString('base64')}\n`;
    expect(() => cosignaturesOf(note + later, [verifier])).toThrow(/not of this checkpoint/);
    const short = `\u2014 ${witness.name} ${bytes.subarray(0, 60).toString('base64')}\n`;
    expect(() => cosignaturesOf(note + short, [verifier])).toThrow(/not of this checkpoint/);
  });
});

describe('proofs in files (C2SP tlog-proof)', () => {
  const leaf = leafHash(Buffer.from('entry'));
  const sibling = leafHash(Buffer.from('other'));
  const checkpoint = signCheckpoint(2, nodeHash(sibling, leaf), log);
  const proof = { index: 1, proof: [sibling], checkpoint };
  const known = [verifierOf(log.verifierKey)];

  it('are written as the specification says, and read back', () => {
    const [first, index, hash, empty, ...rest] = formatProof(proof).split('\n');
    expect([first, index, empty]).toEqual(['c2sp.org/tlog-proof@v1', 'index 1', '']);
    expect(Buffer.from(hash!, 'base64').toString('hex')).toBe(sibling);
    expect(rest.join('\n')).toBe(checkpoint);
    expect(parseProof(formatProof(proof))).toEqual(proof);
    const extra = Buffer.from('more');
    expect(parseProof(formatProof({ ...proof, extra }))).toEqual({ ...proof, extra });
    expect(formatProof({ ...proof, extra }).split('\n')[1]).toBe('extra bW9yZQ==');
  });

  it('read the form of the example of the specification', () => {
    const given = `c2sp.org/tlog-proof@v1
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=

${example}`;
    expect(parseProof(given)).toMatchObject({ index: 73894, checkpoint: example });
    expect(formatProof(parseProof(given))).toBe(given);
  });

  it('open with the key of the log alone, for the leaf alone', () => {
    const opened = formatProof(proof);
    expect(openProof(opened, leaf, known)).toEqual({ origin: log.name, size: 2, root: nodeHash(sibling, leaf) });
    expect(() => openProof(opened, sibling, known)).toThrow(/not entry 1/);
    expect(() => openProof(opened.replace('index 1', 'index 0'), leaf, known)).toThrow(/not entry 0/);
    expect(() => openProof(opened, leaf, [verifierOf(witness.verifierKey)])).toThrow(/none of the keys/);
    const foreign = testSigner('another.example/log');
    const signed = signNote(formatCheckpoint({ origin: log.name, size: 2, root: nodeHash(sibling, leaf) }), foreign);
    const wrong = formatProof({ ...proof, checkpoint: signed });
    expect(() => openProof(wrong, leaf, [verifierOf(foreign.verifierKey)])).toThrow(/is not that of example.com\/log/);
  });

  it("open for a ledger of the key's host, and for nothing else under its name", () => {
    const signedFor = (origin: string): string =>
      formatProof({
        ...proof,
        checkpoint: signNote(formatCheckpoint({ origin, size: 2, root: nodeHash(sibling, leaf) }), log),
      });
    const ledger = `${log.name}/ledger/0123456789abcdef`;
    expect(openProof(signedFor(ledger), leaf, known).origin).toBe(ledger);
    for (const other of [`${log.name}/log`, `${log.name}/ledger/`, `${ledger}0`, `x${ledger}`])
      expect(() => openProof(signedFor(other), leaf, known), other).toThrow(/is not that of/);
  });

  it('are refused in any other form', () => {
    const good = formatProof(proof);
    for (const bad of [
      '',
      good.replace('@v1', '@v2'),
      good.replace('index 1', 'index 01'),
      good.replace('index 1\n', ''),
      good.replace('\n\n', '\nAAAA\n\n'),
      good.replace(/\n(?=[^\n]*=\n\n)/, '\n '),
    ])
      expect(() => parseProof(bad), bad).toThrow(/not a tlog-proof/);
  });
});
