import { describe, expect, it } from 'vitest';
import { stateFault } from './state-fault.js';

describe('stateFault', () => {
  it.each([
    ['null', null],
    ['a number that JSON has no word for', Number.NaN],
    ['arrays', [new Float32Array(2), new Float64Array(2), new Uint32Array(2), new Uint8Array(2)]],
    ['members of any name', Object.fromEntries([['__proto__', 'a'], ['payload', { b: [true, [], {}] }], ['none', undefined]])], // prettier-ignore
    ['members without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  ])('finds nothing in %s', (_, state) => {
    expect(stateFault(state, 1000)).toBeUndefined();
  });

  it.each([
    ['nothing', undefined, 'Undefined'],
    ['a function', () => 1, 'Function'],
    ['a map', [{ a: new Map() }], 'Map'],
    ['a date', { a: new Date() }, 'Date'],
    ['another array', [new Float32Array(1), new Int8Array(1)], 'Int8Array'],
    ['a buffer', new ArrayBuffer(8), 'ArrayBuffer'],
    ['a large integer', [1n], 'BigInt'],
    ['a symbol', [Symbol('a')], 'Symbol'],
  ])('refuses %s', (_, value, tag) => {
    expect(stateFault(value, 1000)).toBe(`holds what is no data: [object ${tag}]`);
  });

  it.each<[string, (size: number) => unknown, number]>([
    ['an array', (size) => new Float32Array(size), 8 + 4 * 50],
    ['a text', (size) => 'a'.repeat(size), 8 + 2 * 50],
    ['a list', (size) => Array<number>(size).fill(1), 8 + 8 * 50],
    ['names of members', (size) => ({ ['a'.repeat(size)]: null }), 8 + 2 * 50 + 8],
    ['lists in lists', (size) => Array.from({ length: size }, () => [1]), 8 + 16 * 50],
  ])('counts the bytes of %s, to the last', (_, of, bytes) => {
    expect(stateFault(of(50), bytes)).toBeUndefined();
    expect(stateFault(of(50), bytes - 1)).toBe(`has more than ${bytes - 1} bytes`);
  });

  it.each<[string, () => unknown]>([
    [
      'a circle',
      () => {
        const circle: unknown[] = [];
        circle.push(circle, circle);
        return circle;
      },
    ],
    ['a list that is long and empty', () => new Array(2 ** 32 - 1)],
    [
      'a nest',
      () => {
        let nest: unknown = null;
        for (let i = 0; i < 1_000_000; i++) nest = [nest];
        return nest;
      },
    ],
  ])('walks no further through %s than it may be large', (_, make) => {
    // prettier-ignore
    const value = make();
    const start = performance.now();
    expect(stateFault(value, 2 ** 20)).toBe(`has more than ${2 ** 20} bytes`);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
