import {
  cosineNearZero,
  log,
  pickCosine,
  pickSine,
  quarterOf,
  remainderOf,
  sineNearZero,
} from '../math/functions';
import { multiplyAdd } from '../matrix/tile';
import { at } from '../memory';
import { fourBlocks, GROUP } from './chacha';

const NOISE_LANE: u32 = 1;
const MOST_DRAWS: i32 = 4;

const words = memory.data(256 * MOST_DRAWS, 16);
const normals = memory.data(256, 16);

/**
 * Adds independent normal draws to an array of float32: value i of core's `KeystreamWords.normal` times the standard
 * deviation (not variance). With `draws` 4 each is the halved sum of four (Holohan and Braghin 2021).
 *
 * @param key 8 words
 * @param draws 1 or 4
 */
export function addGaussian(
  values: usize,
  count: i32,
  standardDeviation: f32,
  key: usize,
  rounds: i32,
  step: u32,
  draws: i32,
): void {
  const deviation = f32x4.splat(draws == 1 ? standardDeviation : standardDeviation / 2);
  for (let first = 0, group: u32 = 0; first < count; first += GROUP, group += draws) {
    for (let draw = 0; draw < draws; draw++)
      fourBlocks(words + ((<usize>draw) << 8), key, rounds, step, NOISE_LANE, group + draw);
    const target = at(values, first);
    if (first + GROUP <= count) addGroup(target, deviation, draws);
    else {
      memory.fill(normals, 0, 256);
      addGroup(normals, deviation, draws);
      for (let i = 0; i < count - first; i++)
        store<f32>(at(target, i), load<f32>(at(target, i)) + load<f32>(at(normals, i)));
    }
  }
}

/** Scales of words read as integers of 32 and of 31 bits. */
const SCALE_32 = memory.data<f32>([2.3283064365386963e-10], 16);
const SCALE_31 = memory.data<f32>([4.6566128730773926e-10], 16);
const MINUS_TWO = memory.data<f32>([-2], 16);

/** 64 values, from as many words (or four times as many). */
function addGroup(target: usize, deviation: v128, draws: i32): void {
  const end = words + ((<usize>draws) << 8);
  for (let pair: usize = 0; pair < 256; pair += 32) {
    let cosines = f32x4.splat(0);
    let sines = cosines;
    for (let place = words; place < end; place += 256) {
      const radius = radiusOf(v128.load(place + pair));
      const turns = f32x4.mul(f32x4.convert_i32x4_s(v128.load(place + pair, 16)), v128.load32_splat(SCALE_32));
      const quarter = quarterOf(turns);
      const x = remainderOf(turns, quarter);
      const square = f32x4.mul(x, x);
      const sine = sineNearZero(x, square);
      const cosine = cosineNearZero(square);
      cosines = multiplyAdd(radius, pickCosine(quarter, sine, cosine), cosines);
      sines = multiplyAdd(radius, pickSine(quarter, sine, cosine), sines);
    }
    v128.store(target + pair, multiplyAdd(deviation, cosines, v128.load(target + pair)));
    v128.store(target + pair, multiplyAdd(deviation, sines, v128.load(target + pair, 16)), 16);
  }
}

/** Box and Muller 1958: sqrt(-2 ln u), u in (0, 1], from the upper 31 bits. */
// @ts-ignore: decorator
@inline
function radiusOf(random: v128): v128 {
  const scaled = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(random, 1)), v128.load32_splat(SCALE_31));
  const u = f32x4.add(scaled, v128.load32_splat(SCALE_32)); // 2^-32: half of the last bit
  return f32x4.sqrt(f32x4.mul(log(u), v128.load32_splat(MINUS_TWO)));
}
