import { expect, it } from 'vitest';
import { windowed } from '../index.js';

it('is the function of the standard: linear', () => {
  // PS3.3, section C.11.2.1.2.1, note 3: centre 2048, width 4096, from 0 to 255: 0 at 0, 255 at 4095.
  const shown = windowed([-5, 0, 2047.5, 4095, 5000], { center: 2048, width: 4096 });
  expect([...shown]).toEqual([0, 0, 0.5, 1, 1]);
  // Centre 100, width 1: below 100 all black, from there on white.
  expect([...windowed([99, 99.5, 99.6, 100], { center: 100, width: 1 })]).toEqual([0, 0, 1, 1]);
});

it('is the function of the standard: exact and sigmoid', () => {
  expect([...windowed([-1, 0, 25, 100, 101], { center: 50, width: 100, shape: 'linear-exact' })]).toEqual([
    0, 0, 0.25, 1, 1,
  ]);
  const sigmoid = windowed([50, 150], { center: 50, width: 100, shape: 'sigmoid' });
  expect(sigmoid[0]).toBe(0.5);
  expect(sigmoid[1]).toBeCloseTo(1 / (1 + Math.exp(-4)), 6);
});

it('lets no NaN pass as a number, and refuses a window without width', () => {
  for (const shape of ['linear', 'linear-exact', 'sigmoid'] as const) {
    expect(windowed([NaN], { center: 0, width: 2, shape })).toEqual(Float32Array.of(NaN));
    expect(() => windowed([1], { center: 0, width: 0, shape })).toThrow(expect.objectContaining({ subject: 'width' }));
  }
  expect(() => windowed([1], { center: 0, width: 0.5 })).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  expect(() => windowed([1], { center: NaN, width: 1 })).toThrow(expect.objectContaining({ subject: 'center' }));
});
