import { Random } from '@fedward/core';
import type { DataRecipe } from './data-recipe.js';

/** Height and width of an image. */
const side = 28;
export const imageSize = side * side;
export const imageClasses = 10;
export const imagesPerClient = 60;
/** Images of the pooled test part, which is data set number -1. */
const testImages = 1000;

/** Half the width of the noise around a prototype: wide enough that one image alone is not enough to learn a class. */
const noise = 1;

/** Prototypes by seed; a run has one. */
let known: { readonly seed: number; readonly prototypes: Float32Array } | undefined;

/**
 * Images that tell ten classes apart, as cheap to make as they can be: each is its class's prototype plus uniform
 * noise in [-1, 1). Client i sees mostly two of the classes, as a small practice has its own case mix: 9 in 10 of its
 * images are of classes i and i + 1 (mod 10), the others of any. The test part has all classes alike.
 *
 * @returns features [count, 784], labels [count]: 60 images, 1,000 for index -1
 */
export function makeImages({ seed, index }: DataRecipe): { features: Float32Array; labels: Float32Array } {
  const count = index < 0 ? testImages : imagesPerClient;
  const prototypes = prototypesOf(seed);
  const next = xorshift(new Random(seed).fork('image', index));
  const features = new Float32Array(count * imageSize);
  const labels = new Float32Array(count);
  for (let image = 0; image < count; image++) {
    const own = index >= 0 && next() % 10 !== 0;
    const label = own ? (index + (next() & 1)) % imageClasses : next() % imageClasses;
    labels[image] = label;
    const from = label * imageSize;
    const to = image * imageSize;
    for (let pixel = 0; pixel < imageSize; pixel += 2) {
      const word = next(); // 16 bits are noise enough for one pixel
      features[to + pixel] = prototypes[from + pixel]! + noise * ((word & 0xffff) * 2 ** -15 - 1);
      features[to + pixel + 1] = prototypes[from + pixel + 1]! + noise * ((word >>> 16) * 2 ** -15 - 1);
    }
  }
  return { features, labels };
}

/** [10, 784]: bumps on a coarse grid, so that neighbouring pixels go together as they do in an image. */
function prototypesOf(seed: number): Float32Array {
  if (known?.seed === seed) return known.prototypes;
  const coarse = 7;
  const random = new Random(seed).fork('prototypes');
  const prototypes = new Float32Array(imageClasses * imageSize);
  for (let c = 0; c < imageClasses; c++) {
    const grid = Float32Array.from({ length: coarse * coarse }, () => 0.1 * random.normal());
    for (let pixel = 0; pixel < imageSize; pixel++) {
      const row = Math.floor(pixel / side / (side / coarse));
      const column = Math.floor((pixel % side) / (side / coarse));
      prototypes[c * imageSize + pixel] = grid[row * coarse + column]!;
    }
  }
  known = { seed, prototypes };
  return prototypes;
}

/**
 * Marsaglia 2003, "Xorshift RNGs", J. Stat. Softw. 8(14): shifts 13, 17, 5; uint32, never 0. Its quality is poor and
 * enough for pixels; it costs a fifth of the generator that `Random` has.
 */
function xorshift(random: Random): () => number {
  let x = random.integer(1, 2 ** 32) | 0;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}
