import fc from 'fast-check';
import { basename, dirname } from 'node:path';
import { expect, it } from 'vitest';
import { ledgerFolder } from './ledgers.js';

it("puts each hospital's ledger in a folder of its own, whatever its id", () => {
  expect(ledgerFolder('/root', 'hospital-0')).toBe('/root/hospital-0');
  for (const id of ['..', '.', '.hidden', '../up', 'a/b', '/etc', 'Zürich Süd'])
    expect([id, dirname(ledgerFolder('/root', id))]).toEqual([id, '/root']);
  const id = fc.string({ minLength: 1, unit: fc.constantFrom('.', '/', '%', '2', 'E', 'a') });
  fc.assert(
    fc.property(id, id, (one, other) => {
      expect(dirname(ledgerFolder('/root', one))).toBe('/root');
      expect(basename(ledgerFolder('/root', one))).not.toMatch(/^\./);
      if (one !== other) expect(ledgerFolder('/root', one)).not.toBe(ledgerFolder('/root', other));
    }),
    { numRuns: 2000 },
  );
});
