import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBundle, encodeBundle, entriesPath, partialTiles, tilePath } from './tiles.js';

describe('paths of tiles (C2SP tlog-tiles)', () => {
  it('are those of the specification', () => {
    expect(tilePath(0, 1234067)).toBe('tile/0/x001/x234/067');
    expect(tilePath(2, 0, 1)).toBe('tile/2/000.p/1');
    expect(entriesPath(999)).toBe('tile/entries/999');
    expect(entriesPath(1000, 255)).toBe('tile/entries/x001/000.p/255');
    expect(tilePath(63, Number.MAX_SAFE_INTEGER)).toBe('tile/63/x009/x007/x199/x254/x740/991');
  });

  it('are refused for tiles that there can not be', () => {
    for (const [level, index, width] of [
      [64, 0, 1],
      [-1, 0, 1],
      [0, -1, 1],
      [0, 0.5, 1],
      [0, 0, 0],
      [0, 0, 257],
    ] as const)
      expect(() => tilePath(level, index, width)).toThrow();
  });
});

describe('tiles that are not full', () => {
  it('are those of the examples of the specification', () => {
    expect(partialTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(partialTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(partialTiles(0)).toEqual([]);
  });
});

describe('bundles of entries', () => {
  it('hold each entry behind its length, 16 bits, big-endian', () => {
    const bundle = encodeBundle([Buffer.from('ab'), Buffer.alloc(0), Buffer.alloc(258, 1)]);
    expect(bundle.subarray(0, 8).toString('hex')).toBe('000261620000' + '0102');
    expect(decodeBundle(bundle).map(({ offset }) => offset)).toEqual([0, 4, 6]);
  });

  it('give back what they were made of, or the first of it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 }), fc.nat(20), (entries, most) => {
        const bundle = encodeBundle(entries);
        expect(decodeBundle(bundle).map(({ bytes }) => new Uint8Array(bytes))).toEqual(entries);
        expect(decodeBundle(bundle, most)).toHaveLength(Math.min(most, entries.length));
      }),
    );
  });

  it('are refused where they are cut off, and for an entry that is too long', () => {
    const bundle = encodeBundle([Buffer.from('ab'), Buffer.from('cd')]);
    for (const length of [1, 2, 3, 5, 6, 7])
      expect(() => decodeBundle(bundle.subarray(0, length))).toThrow(`at byte ${length < 4 ? 0 : 4}, is cut off`);
    expect(encodeBundle([Buffer.alloc(65_535)])).toHaveLength(65_537);
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow(/entry/);
  });
});
