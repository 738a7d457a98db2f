import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copyTensors,
  createLayout,
  createParameters,
  digestTensors,
  findNonFinite,
  sameLayout,
  tensorValues,
} from './parameters.js';

const refused = expect.objectContaining({ code: 'ARGUMENT_INVALID' }) as Error;
const layout = createLayout([
  { name: 'kernel', shape: [2, 3] },
  { name: 'scale', shape: [] },
  { name: 'bias', shape: [3] },
]);

describe('createLayout', () => {
  it('puts tensors one after the other', () => {
    expect(layout.tensors.map(({ name, offset, size }) => [name, offset, size])).toEqual([
      ['kernel', 0, 6],
      ['scale', 6, 1],
      ['bias', 7, 3],
    ]);
    expect(layout.size).toBe(10);
    expect(createLayout([]).size).toBe(0);
  });

  it('has no gaps and no overlaps, whatever the shapes', () => {
    const shapes = fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }), { maxLength: 8 });
    fc.assert(
      fc.property(shapes, (all) => {
        const { tensors, size } = createLayout(all.map((shape, i) => ({ name: `t${i}`, shape })));
        let end = 0;
        for (const tensor of tensors) {
          expect(tensor.offset).toBe(end);
          end += tensor.shape.reduce((product, n) => product * n, 1);
        }
        expect(size).toBe(end);
      }),
    );
  });

  it.each([
    ['a zero', [2, 0]],
    ['a negative', [-1]],
    ['a fraction', [1.5]],
    ['NaN', [Number.NaN]],
    ['Infinity', [Number.POSITIVE_INFINITY]],
    ['more values than an array holds', [65_536, 65_536]],
    ['a product that is no safe integer', [2 ** 40, 2 ** 40]],
  ])('refuses %s as a dimension', (_, shape) => {
    expect(() => createLayout([{ name: 'w', shape }])).toThrow(refused);
    expect(() => createLayout([{ name: 'w', shape }])).toThrow(/tensor w has the shape/);
  });

  it('refuses tensors that together are too large', () => {
    const half = { shape: [2 ** 31] };
    expect(() =>
      createLayout([
        { name: 'a', ...half },
        { name: 'b', ...half },
      ]),
    ).toThrow(/tensor b/);
  });

  it('refuses two tensors of one name', () => {
    expect(() =>
      createLayout([
        { name: 'w', shape: [1] },
        { name: 'w', shape: [2] },
      ]),
    ).toThrow('two tensors are named w');
  });
});

describe('parameters', () => {
  it('are zero by default, and as many as the layout says', () => {
    expect([...createParameters(layout).values]).toEqual(Array(10).fill(0));
    expect(() => createParameters(layout, new Float32Array(9))).toThrow(refused);
  });

  it('are copied whole', () => {
    const original = createParameters(layout);
    const copy = copyTensors(original);
    copy.values[0] = 1;
    expect(original.values[0]).toBe(0);
  });

  it('give a view of one tensor', () => {
    const parameters = createParameters(
      layout,
      Float32Array.from({ length: 10 }, (_, i) => i),
    );
    expect([...tensorValues(parameters, 'bias')]).toEqual([7, 8, 9]);
    tensorValues(parameters, 'scale')[0] = -1;
    expect(parameters.values[6]).toBe(-1);
    expect(() => tensorValues(parameters, 'other')).toThrow(expect.objectContaining({ subject: 'other' }));
  });

  it('name the tensor of the first value that is not finite', () => {
    const parameters = createParameters(layout);
    expect(findNonFinite(parameters)).toBeUndefined();
    for (const [index, name] of [
      [9, 'bias'],
      [6, 'scale'],
      [0, 'kernel'],
    ] as const) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        parameters.values[index] = bad;
        expect(findNonFinite(parameters)?.name).toBe(name);
      }
    }
  });
});

describe('sameLayout', () => {
  const tensors = [
    { name: 'a', shape: [2, 3] },
    { name: 'b', shape: [4] },
  ];
  it('compares names, shapes and order', () => {
    const one = createLayout(tensors);
    expect(sameLayout(one, createLayout(tensors))).toBe(true);
    const others = [
      [...tensors].reverse(),
      tensors.slice(0, 1),
      [tensors[0]!, { name: 'b', shape: [4, 1] }],
      [{ name: 'a', shape: [3, 2] }, tensors[1]!],
      [{ name: 'a', shape: [6] }, tensors[1]!],
      [{ name: 'c', shape: [2, 3] }, tensors[1]!],
      [
        { name: 'a', shape: [2, 3] },
        { name: 'b', shape: [2, 2] },
      ],
    ];
    for (const other of others) {
      expect(sameLayout(one, createLayout(other))).toBe(false);
      expect(sameLayout(createLayout(other), one)).toBe(false);
    }
  });
});

describe('digestTensors', () => {
  it('is that of the JSON of the shapes, a zero byte and the little-endian values', () => {
    const parameters = createParameters(createLayout([{ name: 'w', shape: [1] }]), Float32Array.of(1));
    // printf '[{"name":"w","shape":[1]}]\0\0\0\x80\x3f' | sha256sum
    expect(digestTensors(parameters)).toBe('24068b87ef8d5debb8c499d0f6e904a29fae4c090bf2314f8476e733693a2548');
  });

  it('changes with every value, its sign, names and shapes, and not with the buffer under the values', () => {
    const values = Float32Array.from({ length: 10 }, (_, i) => i);
    const digest = digestTensors({ layout, values });
    for (let i = 0; i < values.length; i++) {
      const other = values.slice();
      other[i] = i === 0 ? -0 : -other[i]!;
      expect(digestTensors({ layout, values: other })).not.toBe(digest);
    }
    const renamed = createLayout([
      { name: 'kernel', shape: [3, 2] },
      { name: 'scale', shape: [] },
      { name: 'bias', shape: [3] },
    ]);
    expect(digestTensors({ layout: renamed, values })).not.toBe(digest);
    const buffer = Float32Array.of(99, ...values, 99);
    expect(digestTensors({ layout, values: buffer.subarray(1, 11) })).toBe(digest);
  });
});
