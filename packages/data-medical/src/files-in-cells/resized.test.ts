import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resized } from '../index.js';

const grey = (height: number, values: number[]) => ({ shape: [height, values.length / height], values });
const sizes = fc.integer({ min: 1, max: 9 });

describe('resized', () => {
  it('is the mean of the area where it becomes smaller', () => {
    const four = resized(grey(2, [1, 2, 3, 4, 5, 6, 7, 8]), [1, 2, 1]);
    expect(four).toEqual({ shape: [1, 2, 1], values: Float32Array.of(3.5, 5.5) });
    // 3 to 2: each covers one pixel and half of the middle one.
    expect([...(resized(grey(1, [0, 3, 9]), [1, 2, 1]).values as Float32Array)]).toEqual([1, 7]);
  });

  it('is bilinear between centres where it becomes larger, and goes on at the edges', () => {
    expect([...(resized(grey(1, [0, 4]), [1, 4, 1]).values as Float32Array)]).toEqual([0, 1, 3, 4]);
    expect([...(resized(grey(1, [5]), [2, 2, 1]).values as Float32Array)]).toEqual([5, 5, 5, 5]);
    // Each axis by itself: wider and lower.
    expect([...(resized(grey(2, [0, 4, 2, 6]), [1, 4, 1]).values as Float32Array)]).toEqual([1, 2, 4, 5]);
  });

  it('makes grey of colours by their luma, and colours of grey', () => {
    const colour = { shape: [1, 2, 3], values: [100, 0, 0, 10, 20, 30] };
    const [red, mixed] = resized(colour, [1, 2, 1]).values as Float32Array;
    expect([red, mixed]).toEqual([Math.fround(29.9), Math.fround(0.299 * 10 + 0.587 * 20 + 0.114 * 30)]);
    expect([...(resized(grey(1, [7, 8]), [1, 2, 3]).values as Float32Array)]).toEqual([7, 7, 7, 8, 8, 8]);
    expect(() => resized({ shape: [1, 1, 4], values: [1, 2, 3, 4] }, [1, 1, 3])).toThrow(
      expect.objectContaining({ code: 'DATA_MALFORMED' }),
    );
  });

  it('keeps channels apart', () => {
    const colour = { shape: [1, 2, 3], values: [0, 10, 20, 4, 14, 24] };
    expect([...(resized(colour, [1, 1, 3]).values as Float32Array)]).toEqual([2, 12, 22]);
  });

  it('keeps a flat image flat, the bounds of any, and the mean where it becomes smaller by a whole factor', () => {
    fc.assert(
      fc.property(
        sizes,
        sizes,
        sizes,
        sizes,
        fc.infiniteStream(fc.integer({ min: -100, max: 100 })),
        (h, w, toH, toW, s) => {
          const values = Array.from({ length: h * w }, () => s.next().value as number);
          const within = [...(resized(grey(h, values), [toH, toW, 1]).values as Float32Array)];
          const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
          for (const value of within) expect(value >= low - 1e-4 && value <= high + 1e-4).toBe(true);
          const flat = resized(
            grey(
              h,
              values.map(() => 7),
            ),
            [toH, toW, 1],
          ).values as Float32Array;
          for (const value of flat) expect(value).toBeCloseTo(7, 4);
          const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
          if (h % toH === 0 && w % toW === 0) expect(mean(within)).toBeCloseTo(mean(values), 3);
        },
      ),
    );
  });

  it('leaves what fits as it is, and hides no NaN', () => {
    const cell = { shape: [1, 2, 1], values: [1, 2] };
    expect(resized(cell, [1, 2, 1])).toBe(cell);
    expect(resized(grey(1, [NaN, 1]), [1, 1, 1]).values[0]).toBeNaN();
    for (const wrong of [
      { shape: [4], values: [1, 2, 3, 4] },
      { shape: [2, 2], values: [1] },
      { shape: [0, 1], values: [] },
    ])
      expect(() => resized(wrong, [1, 1, 1])).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    expect(() => resized(cell, [1, 2])).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
