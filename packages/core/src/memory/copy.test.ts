import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyOf, copyOfMessage } from './copy.js';

describe('copyOf', () => {
  it('gives what structuredClone gives of plain data, arrays of numbers in them', () => {
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, undefined, true, -0, NaN, Infinity, 7n, 'text'),
        fc.float32Array(),
        fc.float64Array(),
        fc.uint8Array(),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('node'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(node, (value) => {
        expect(copyOf(value)).toEqual(structuredClone(value));
      }),
      { seed: 1 },
    );
  });

  it('shares nothing with it', () => {
    const value = { list: [{ name: 'a' }], bytes: Uint8Array.of(1, 2), map: new Map([['a', [1]]]) };
    const copy = copyOf(value);
    value.list[0]!.name = 'b';
    value.bytes[0] = 9;
    value.map.get('a')![0] = 9;
    expect(copy).toEqual({ list: [{ name: 'a' }], bytes: Uint8Array.of(1, 2), map: new Map([['a', [1]]]) });
  });

  it('takes of a view no more than the view', () => {
    const view = new Float32Array(1000).subarray(2, 4);
    expect(copyOf({ view }).view.buffer.byteLength).toBe(8);
  });

  it('copies a member that is named like the prototype', () => {
    const value: unknown = JSON.parse('{ "__proto__": { "a": 1 } }');
    expect(Object.keys(copyOf(value) as object)).toEqual(['__proto__']);
  });

  it.each([() => 1, { f: () => 1 }, [Symbol.iterator]])('throws for what is no data', (value) => {
    expect(() => copyOf<unknown>(value)).toThrow();
  });
});

describe('copyOfMessage', () => {
  it('shares the cohort, once nobody can write to it', () => {
    const frozen = Object.freeze(['a', 'b']);
    expect(copyOfMessage({ cohort: frozen, round: 1 })).toEqual({ cohort: ['a', 'b'], round: 1 });
    expect(copyOfMessage({ cohort: frozen }).cohort).toBe(frozen);
    const open = ['a'];
    expect(copyOfMessage({ cohort: open }).cohort).not.toBe(open);
  });
});
