import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.js';

const tensors: NamedTensor[] = [
  { name: 'weight', shape: [2, 3], values: Float32Array.of(1.5, -2, 0, 3.25, 1e-45, -0) },
  { name: '0', shape: [2], values: Float64Array.of(1 / 3, -1e300) },
  { name: '__proto__', shape: [], values: Float32Array.of(7) },
  { name: 'empty', shape: [0, 4], values: new Float32Array(0) },
];
const file = encodeSafetensors(tensors, { format: 'pt', note: 'ä' });
const invalid = expect.objectContaining({ code: 'FILE_INVALID' }) as Error;

/** A file with this header and so many bytes of values. */
function craft(header: unknown, valueBytes: number, text = JSON.stringify(header)): Uint8Array {
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + json.length + valueBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const f32 = (shape: unknown, from: unknown, to: unknown) => ({ dtype: 'F32', shape, data_offsets: [from, to] });

describe('safetensors', () => {
  it('come back bit for bit, with their metadata', () => {
    const decoded = decodeSafetensors(file);
    expect(decoded.metadata).toEqual({ format: 'pt', note: 'ä' });
    expect(decoded.tensors).toEqual(tensors);
    expect(Object.is(decoded.tensors[0]!.values[5], -0)).toBe(true);
  });

  it('that are handed over are used where they lie, if there is one alone and its place is even', () => {
    const [one, two] = [encodeSafetensors(tensors.slice(0, 1)), encodeSafetensors(tensors.slice(0, 2))];
    const odd = new Uint8Array(one.length + 1);
    odd.set(one, 1);
    for (const [bytes, shared] of [
      [one, true],
      [two, false],
      [odd.subarray(1), false],
    ] as const) {
      const decoded = decodeSafetensors(bytes, { share: true }).tensors;
      expect(decoded).toEqual(decodeSafetensors(bytes).tensors);
      expect(decoded[0]!.values.buffer === bytes.buffer).toBe(shared);
    }
  });

  it('come back whatever their names, shapes and values', () => {
    const tensor = fc
      .record({ name: fc.string({ unit: 'binary' }), shape: fc.array(fc.nat(3), { maxLength: 3 }), wide: fc.boolean() })
      .chain(({ name, shape, wide }) => {
        const size = shape.reduce((product, n) => product * n, 1);
        const array = wide ? fc.float64Array : fc.float32Array;
        return array({ minLength: size, maxLength: size }).map((values) => ({ name, shape, values }));
      });
    const all = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 5 });
    fc.assert(
      fc.property(all, (some) => {
        fc.pre(some.every(({ name }) => name !== '__metadata__' && name.isWellFormed()));
        expect(decodeSafetensors(encodeSafetensors(some)).tensors).toEqual(some);
      }),
    );
  });

  it('reads a file of the Python package safetensors 0.8.0', () => {
    // save({"weight": float32, "ü.bias": float64, "scalar": float32, "empty": float32}, {"format": "np", "note": "ä"})
    const hex =
      '20010000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a226e70222c226e6f7465223a22c3a422' +
      '7d2c22c3bc2e62696173223a7b226474797065223a22463634222c227368617065223a5b325d2c22646174615f6f66667365' +
      '7473223a5b302c31365d7d2c22656d707479223a7b226474797065223a22463332222c227368617065223a5b302c345d2c22' +
      '646174615f6f666673657473223a5b31362c31365d7d2c227363616c6172223a7b226474797065223a22463332222c227368' +
      '617065223a5b5d2c22646174615f6f666673657473223a5b31362c32305d7d2c22776569676874223a7b226474797065223a' +
      '22463332222c227368617065223a5b322c335d2c22646174615f6f666673657473223a5b32302c34345d7d7d202055555555' +
      '5555d53f9c7500883ce437fe0000e0400000c03f000000c000000000000050400100000000000080';
    const { tensors, metadata } = decodeSafetensors(Buffer.from(hex, 'hex'));
    expect(metadata).toEqual({ format: 'np', note: 'ä' });
    expect(tensors).toEqual([
      { name: 'ü.bias', shape: [2], values: Float64Array.of(1 / 3, -1e300) },
      { name: 'empty', shape: [0, 4], values: new Float32Array(0) },
      { name: 'scalar', shape: [], values: Float32Array.of(7) },
      { name: 'weight', shape: [2, 3], values: Float32Array.of(1.5, -2, 0, 3.25, 1e-45, -0) },
    ]);
  });

  it('writes what the Python package writes', () => {
    // save({"w": [[1, 2]]}, {"k": "v"}) of safetensors 0.8.0
    const written = encodeSafetensors([{ name: 'w', shape: [1, 2], values: Float32Array.of(1, 2) }], { k: 'v' });
    expect(Buffer.from(written).toString('hex')).toBe(
      '58000000000000007b225f5f6d657461646174615f5f223a7b226b223a2276227d2c2277223a7b226474797065223a22463332222c227368617065223a5b312c325d2c22646174615f6f666673657473223a5b302c385d7d7d202020202020200000803f00000040',
    );
  });

  it('starts values at a multiple of 8', () => {
    for (const name of ['a', 'ab', 'abc', 'ü', 'abcdefgh']) {
      const bytes = encodeSafetensors([{ name, shape: [1], values: Float64Array.of(1) }]);
      expect((bytes.length - 8) % 8).toBe(0);
    }
  });

  it('reads a view into a larger buffer, and keeps nothing of that', () => {
    const pool = Buffer.concat([Buffer.alloc(3, 0xff), file, Buffer.alloc(5, 0xff)]);
    const { tensors: decoded } = decodeSafetensors(pool.subarray(3, -5));
    expect(decoded).toEqual(tensors);
    for (const { values } of decoded) expect(values.buffer.byteLength).toBe(values.byteLength);
    pool.fill(0);
    expect(decoded).toEqual(tensors);
  });

  it('may name an empty tensor after the one that starts where it does', () => {
    const bytes = craft({ a: f32([1], 0, 4), b: f32([0], 0, 0) }, 4);
    expect(decodeSafetensors(bytes).tensors.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('writes a view as the view alone', () => {
    const values = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const { tensors: decoded } = decodeSafetensors(encodeSafetensors([{ name: 'w', shape: [2], values }]));
    expect(decoded[0]!.values).toEqual(Float32Array.of(1, 2));
  });

  it.each([
    ['two tensors of one name', [tensors[0]!, tensors[0]!]],
    ['the name of the metadata', [{ ...tensors[0]!, name: '__metadata__' }]],
    ['values that are not as many as the shape says', [{ ...tensors[0]!, shape: [5] }]],
  ])('are not written with %s', (_, some) => {
    expect(() => encodeSafetensors(some)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });

  it('are refused when cut at any byte, or lengthened', () => {
    for (let length = 0; length < file.length; length++)
      expect(() => decodeSafetensors(file.subarray(0, length)), `cut at ${length}`).toThrow(invalid);
    expect(() => decodeSafetensors(Buffer.concat([file, Buffer.alloc(1)]))).toThrow(invalid);
  });

  it('with any one byte flipped throw FILE_INVALID or are read as another, well-formed file', () => {
    for (let at = 0; at < file.length; at++)
      for (const flip of [0x01, 0x20, 0x80, 0xff]) {
        const damaged = file.slice();
        damaged[at]! ^= flip;
        try {
          const decoded = decodeSafetensors(damaged);
          const bytes = decoded.tensors.reduce((sum, { values }) => sum + values.byteLength, 0);
          expect(bytes).toBe(tensors.reduce((sum, { values }) => sum + values.byteLength, 0));
        } catch (error) {
          expect(error).toMatchObject({ code: 'FILE_INVALID' });
        }
      }
  });

  it('of random bytes throw FILE_INVALID', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(40), (bytes, length) => {
        expect(() => decodeSafetensors(bytes)).toThrow(invalid);
        if (bytes.length < 9) return;
        new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(0, BigInt(length), true);
        expect(() => decodeSafetensors(bytes)).toThrow(invalid);
      }),
    );
  });

  it('may be read from any JSON header: never anything but a file or FILE_INVALID', () => {
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record({
        dtype: fc.constantFrom('F32', 'F64', 'I64', 'constructor'),
        shape: fc.oneof(fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 3 }), fc.jsonValue()),
        data_offsets: fc.oneof(fc.tuple(fc.integer({ min: -8, max: 24 }), fc.nat(24)), fc.jsonValue()),
      }),
    );
    const name = fc.constantFrom('a', 'b', '__proto__', '__metadata__', 'constructor');
    fc.assert(
      fc.property(fc.dictionary(name, entry, { maxKeys: 3 }), fc.nat(24), (header, valueBytes) => {
        try {
          const { tensors: decoded } = decodeSafetensors(craft(header, valueBytes));
          expect(decoded.reduce((sum, { values }) => sum + values.byteLength, 0)).toBe(valueBytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FILE_INVALID' });
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [
      'a header longer than the file',
      (() => {
        const b = craft({}, 0);
        b[0]! += 1;
        return b;
      })(),
    ],
    [
      'a header of 2^63 bytes',
      (() => {
        const b = craft({}, 0);
        b[7] = 0x80;
        return b;
      })(),
    ],
    [
      'a header of 2^53 bytes',
      (() => {
        const b = craft({}, 0);
        b[6] = 0x20;
        return b;
      })(),
    ],
    ['a header that is no object', craft(null, 0)],
    ['a header that is an array', craft([f32([1], 0, 4)], 4, '[{"dtype":"F32"}]')],
    ['a header that is text', craft('x', 0)],
    ['a header that is not UTF-8', craft(null, 0, '{"\ufffd":1}').map((byte) => (byte === 0xbf ? 0xff : byte))],
    ['an entry that is null', craft({ a: null }, 0)],
    ['an entry named __proto__', craft(null, 4, '{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}')],
    ['an entry that has too much', craft({ a: { ...f32([1], 0, 4), code: 'x' } }, 4)],
    ['a type that is not known', craft({ a: { ...f32([1], 0, 8), dtype: 'I64' } }, 8)],
    ['a type that every object has', craft({ a: { ...f32([1], 0, 4), dtype: 'constructor' } }, 4)],
    ['a shape that is no list', craft({ a: f32(4, 0, 16) }, 16)],
    ['a fraction in a shape', craft({ a: f32([0.5, 2], 0, 4) }, 4)],
    ['negative dimensions', craft({ a: f32([-1, -1], 0, 4) }, 4)],
    ['a shape that multiplies past 2^53', craft({ a: f32([2 ** 52, 2 ** 52], 0, 4) }, 4)],
    ['a huge dimension', craft({ a: f32([1e15], 0, 4e15) }, 4)],
    [
      'a huge dimension, written otherwise',
      craft(null, 4, '{"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}'),
    ],
    ['a negative offset', craft({ a: f32([2], -4, 4) }, 8)],
    ['offsets the wrong way round', craft({ a: f32([1], 4, 0) }, 4)],
    ['three offsets', craft({ a: { ...f32([1], 0, 4), data_offsets: [0, 4, 4] } }, 4)],
    ['overlapping tensors', craft({ a: f32([1], 0, 4), b: f32([1], 2, 6) }, 6)],
    ['two tensors in one place', craft({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4)],
    ['a gap between tensors', craft({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12)],
    ['a gap before the first', craft({ a: f32([1], 4, 8) }, 8)],
    ['bytes behind the last', craft({ a: f32([1], 0, 4) }, 5)],
    ['a tensor beyond the file', craft({ a: f32([2], 0, 8) }, 4)],
    ['metadata that is not text', craft({ __metadata__: { a: 1 } }, 0)],
    ['metadata that is a tensor', craft({ __metadata__: f32([1], 0, 4) }, 4)],
    ['a deep nest', craft(null, 0, `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  ])('are refused for %s', (_, bytes) => {
    expect(() => decodeSafetensors(bytes)).toThrow(invalid);
  });
});
