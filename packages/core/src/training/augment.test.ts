import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AugmentationSpec } from '../plan/objective.js';
import { augmentationLane, KeystreamWords, type Keystream } from '../random/keystream.js';
import { Random } from '../random/random.js';
import { createAugmenter } from './augment.js';

const keystream: Keystream = { key: new Random('augment').key(), rounds: 8 };
const words = (step: number) => new KeystreamWords(keystream, step, augmentationLane);
const image = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]; // three rows of four
const shape = [3, 4, 1];
const augmented = (spec: AugmentationSpec, place = 0, values = image, of: readonly number[] = shape, step = 0) => {
  const features = Float32Array.from(values);
  createAugmenter(spec, of, keystream, step)(features, place);
  return [...features];
};
const places = Array.from({ length: 400 }, (_, place) => place);

describe('createAugmenter', () => {
  it('mirrors half of the examples, by the first of their eight words', () => {
    const mirrored = [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9];
    let count = 0;
    for (const place of places) {
      const flips = words(0).word(8 * place) < 2 ** 31;
      expect(augmented({ flip: 'horizontal' }, place)).toEqual(flips ? mirrored : image);
      count += flips ? 1 : 0;
    }
    expect(Math.abs(count - 200)).toBeLessThan(60); // six deviations
  });

  it('moves by whole pixels, each way as often, and repeats the edge', () => {
    const seen = new Map<string, number>();
    for (const place of places) {
      const [down, right] = [1, 2].map((i) => Math.floor((words(0).word(8 * place + i) * 5) / 2 ** 32) - 2);
      const at = (y: number, x: number): number =>
        image[4 * Math.max(0, Math.min(2, y)) + Math.max(0, Math.min(3, x))]!;
      const expected = image.map((_, i) => at(Math.floor(i / 4) - down!, (i % 4) - right!));
      expect(augmented({ shift: 2 }, place)).toEqual(expected);
      seen.set(`${down} ${right}`, (seen.get(`${down} ${right}`) ?? 0) + 1);
    }
    expect(seen.size).toBe(25);
    for (const times of seen.values()) expect(Math.abs(times - 16)).toBeLessThan(24);
  });

  it('turns about the middle: as one would by hand, from the angle of the words', () => {
    const square = [3, 3, 1];
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    for (const place of places.slice(0, 50)) {
      const angle = ((2 * words(0).word(8 * place + 3)) / 2 ** 32 - 1) * Math.PI;
      const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
      const clamp = (x: number): number => Math.max(0, Math.min(2, x));
      // The image is linear, x + 3 y + 1, and so is what lies between its pixels.
      const expected = values.map((_, i) => {
        const [u, v] = [(i % 3) - 1, Math.floor(i / 3) - 1];
        return clamp(1 + cosine * u + sine * v) + 3 * clamp(1 + cosine * v - sine * u) + 1;
      });
      const found = augmented({ rotate: 180 }, place, values, square);
      found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    }
  });

  it('stretches each channel about its mean', () => {
    const two = [3, 2, 2];
    for (const place of places.slice(0, 20)) {
      const factor = 1 + 0.5 * ((2 * words(0).word(8 * place + 4)) / 2 ** 32 - 1);
      const mean = [6, 7]; // of the odd and of the even ones
      const expected = image.map((x, i) => mean[i % 2]! + factor * (x - mean[i % 2]!));
      augmented({ contrast: 0.5 }, place, image, two).forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 5));
    }
  });

  it('moves a signal along its samples alone', () => {
    const signal = [6, 2];
    for (const place of places.slice(0, 40)) {
      const right = Math.floor((words(0).word(8 * place + 2) * 3) / 2 ** 32) - 1;
      const expected = image.map((_, i) => {
        const sample = Math.max(0, Math.min(5, Math.floor(i / 2) - right));
        return image[2 * sample + (i % 2)];
      });
      expect(augmented({ shift: 1 }, place, image, signal)).toEqual(expected);
    }
  });

  it('does all of it in the order flip, rotate, shift, contrast', () => {
    const spec = { flip: 'horizontal', shift: 1, rotate: 30, contrast: 0.3 } as const;
    for (const place of places.slice(0, 20)) {
      const flipped = augmented({ flip: 'horizontal' }, place);
      const turned = augmented({ rotate: 30, shift: 1 }, place, flipped);
      const expected = augmented({ contrast: 0.3 }, place, turned);
      augmented(spec, place).forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 4));
    }
  });

  it('draws anew for each step, place and key, and the same for the same', () => {
    const spec = { rotate: 20, contrast: 0.2 };
    const first = augmented(spec, 3);
    expect(augmented(spec, 3)).toEqual(first);
    expect(augmented(spec, 4)).not.toEqual(first);
    expect(augmented(spec, 3, image, shape, 1)).not.toEqual(first);
    const other = Float32Array.from(image);
    createAugmenter(spec, shape, { key: new Random('other').key(), rounds: 8 }, 0)(other, 3);
    expect([...other]).not.toEqual(first);
  });

  it('makes no value that was not between the smallest and the largest, but by contrast', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 12, maxLength: 12 }),
        fc.nat(1000),
        (values, place) => {
          const own = [...Float32Array.from(values)];
          const found = augmented({ flip: 'horizontal', shift: 3, rotate: 180 }, place, own);
          expect(Math.max(...found)).toBeLessThanOrEqual(Math.max(...own));
          expect(Math.min(...found)).toBeGreaterThanOrEqual(Math.min(...own));
        },
      ),
    );
  });
});
