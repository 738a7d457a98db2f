import { leafHash, parseProof } from '@fedward/kit-merkle';
import { describe, expect, it } from 'vitest';
import { openEntryProof, proveEntry } from '../prove.js';
import { inDirectory, testSigner, writeLog } from '../testing/fixtures.js';
import { formatEntryProof, parseEntryProof } from './proof-file.js';

describe('the file of an entry and its proof', () => {
  it('holds the entry as extra data, and is checked by the public key alone', () =>
    inDirectory(async (directory) => {
      const signer = testSigner('hub.example');
      await writeLog(directory, 20, { signer });
      const proven = await proveEntry(directory, 5);
      const text = formatEntryProof(proven);
      expect(text.split('\n').slice(0, 3)).toEqual([
        'c2sp.org/tlog-proof@v1',
        `extra ${Buffer.from(proven.entry).toString('base64')}`,
        'index 5',
      ]);
      expect(parseEntryProof(text)).toEqual(proven);
      expect(openEntryProof(parseEntryProof(text), [signer.verifierKey])).toMatchObject({
        index: 5,
        event: { type: 'training' },
        checkpoint: { origin: 'hub.example', size: 21 },
      });
      const other = await proveEntry(directory, 6);
      const swapped = formatEntryProof({ entry: other.entry, proof: proven.proof });
      expect(() => openEntryProof(parseEntryProof(swapped), [signer.verifierKey])).toThrowError(
        expect.objectContaining({ code: 'AUDIT_TAMPERED' }),
      );
      expect(leafHash(parseProof(text).extra!)).toBe(leafHash(Buffer.from(proven.entry)));
      expect(() => parseEntryProof(proven.proof)).toThrowError(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
      expect(() => parseEntryProof('x')).toThrowError(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
    }));
});
