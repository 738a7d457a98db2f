import { describe, expect, it } from 'vitest';
import { hide, reveal } from './hidden.js';

describe('what is for one hospital alone', () => {
  it('opens by its key and no other, and not once it was changed', () => {
    const { hidden, key } = hide(Uint8Array.of(1, 2, 3));
    expect([...reveal(hidden, key)]).toEqual([1, 2, 3]);
    expect(hidden.length).toBe(3 + 16);
    const changed = Uint8Array.from(hidden, (byte, i) => (i === 1 ? byte ^ 1 : byte));
    for (const [bytes, by] of [
      [hidden, hide(hidden).key],
      [changed, key],
      [hidden, 'no key'],
      [hidden.subarray(0, 3), key],
    ] as const)
      expect(() => reveal(bytes, by)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });
});
