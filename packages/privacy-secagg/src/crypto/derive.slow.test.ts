import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hex, toHex } from '../testing/bytes.js';
import { derive } from './derive.js';

it('is that of RFC 5869, appendix A.3, which has no salt', () => {
  expect(toHex(derive(hex('0b'.repeat(22)), '', 42))).toBe(
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  );
});

it('is that of Node.js, for what that takes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(8_160)),
      (secret, info, length) => {
        const node = new Uint8Array(hkdfSync('sha256', secret, '', info, length));
        expect(derive(secret, info, length)).toEqual(node);
      },
    ),
  );
});

it('gives 32 bytes unless told, which hang on all of a secret and all of a purpose, however long', () => {
  const secret = hex('01'.repeat(32));
  const long = 'hospital-'.repeat(1_000);
  const keys = [
    derive(secret, long),
    derive(secret, `${long}1`),
    derive(secret, `1${long}`),
    derive(hex(`${'01'.repeat(31)}02`), long),
  ];
  for (const key of keys) expect(key).toHaveLength(32);
  expect(new Set(keys.map(toHex)).size).toBe(keys.length);
});

it('refuses lengths that it does not have', () => {
  const invalid = expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'length' }) as Error;
  for (const length of [0, -1, 1.5, 8_161]) expect(() => derive(hex('01'), '', length)).toThrow(invalid);
});
