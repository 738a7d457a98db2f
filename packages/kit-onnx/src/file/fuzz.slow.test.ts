import { isFedwardError } from '@fedward/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nightly } from '../../../../tools/testing/nightly.js';
import { fileNamed, fileNames } from '../testing/files.js';
import { importNetwork } from '../import/import-network.js';
import { readOnnx } from './read-onnx.js';

const files = fileNames.map((name) => fileNamed(name));

/** From 0 to below 1: a place in a file, any as likely as any other. */
const share = fc.noBias(fc.nat(2 ** 20 - 1)).map((n) => n / 2 ** 20);

/** What may happen to a file: bytes that are others, gone, there twice, or from another file; an end that is missing. */
const edit = fc.record({
  kind: fc.constantFrom('bit', 'bit', 'bit', 'byte', 'byte', 'byte', 'cut', 'drop', 'copy', 'length', 'other'),
  at: share,
  to: share,
  byte: fc.noBias(fc.nat(255)),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(file: Uint8Array, { kind, at, to, byte }: Edit): Uint8Array {
  const position = Math.floor(at * file.length);
  const bytes = file.slice();
  const piece = (from: Uint8Array) => from.subarray(Math.floor(to * from.length), Math.floor(to * from.length) + byte);
  const joined = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
  if (kind === 'bit') bytes[position]! ^= 1 << (byte & 7);
  else if (kind === 'byte') bytes[position] = byte;
  else if (kind === 'length') bytes.fill(0xff, position, position + (byte & 15));
  else if (kind === 'cut') return file.slice(0, position);
  else if (kind === 'drop') return joined(file.subarray(0, position), file.subarray(position + byte));
  else if (kind === 'copy') return joined(file.subarray(0, position), piece(file), file.subarray(position));
  else return joined(file.subarray(0, position), piece(files[byte % files.length]!), file.subarray(position));
  return bytes;
}

const runs = nightly ? 100_000 : 2000;

it(`a file that was damaged is read, or refused by name: ${runs} of them`, { timeout: 1_800_000 }, () => {
  const told = { read: 0, imported: 0, refused: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.array(edit, { minLength: 1, maxLength: 2 }), (file, edits) => {
      const damaged = edits.reduce(edited, file);
      try {
        const file = readOnnx(damaged, 'damaged.onnx');
        told.read++;
        importNetwork(file);
        told.imported++;
      } catch (error) {
        told.refused++;
        if (!isFedwardError(error) || error.family !== 'configuration') throw error;
      }
    }),
    { numRuns: runs, seed: 17 },
  );
  // It would show nothing if every file were refused, or none.
  expect(Math.min(told.imported, told.read - told.imported, told.refused)).toBeGreaterThan(runs / 50);
});
