import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hmacSha256 } from './hmac.js';

it("is Node's, for keys and messages of any length", () =>
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.string({ minLength: 1, maxLength: 90 })),
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary' })), { maxLength: 4 }),
      (key, messages) => {
        const own = hmacSha256(key);
        for (const message of messages)
          expect(own('record:', message)).toBe(
            createHmac('sha256', key).update('record:').update(message).digest().readUIntBE(0, 6),
          );
      },
    ),
  ));

it('is that of RFC 4231, test case 2', () => {
  expect(hmacSha256('Jefe')('what do ya want ', 'for nothing?')).toBe(0x5bdcc146bf60);
});
