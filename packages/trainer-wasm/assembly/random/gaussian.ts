import { cosine, minusLog31, sine } from '../math/functions';
import { multiplyAdd } from '../matrix/tile';
import { at } from '../memory';
import { fourBlocks, GROUP, openStream } from './chacha';

const NOISE_LANE: u32 = 1;
const MOST_DRAWS: i32 = 4;

const words = memory.data(256 * MOST_DRAWS, 16);
/** The last values, where they are fewer than a group. */
const padded = memory.data(256, 16);

/**
 * values = share * (values + noise), of independent normal draws: value i of core's `KeystreamWords.normal` times the
 * standard deviation (not variance). With `draws` 4 each is the halved sum of four (Holohan and Braghin 2021).
 *
 * @param share of a batch in its sum, so that what divides a sum costs no pass of its own; 1 to add alone
 * @param key 8 words
 * @param draws 1 or 4
 */
export function addGaussian(
  values: usize,
  count: i32,
  standardDeviation: f32,
  share: f32,
  key: usize,
  rounds: i32,
  step: u32,
  draws: i32,
): void {
  store<f32>(DEVIATION, share * (draws == 1 ? standardDeviation : standardDeviation / 2));
  store<f32>(SHARE, share);
  openStream(key, rounds, step, NOISE_LANE);
  for (let first = 0, group: u32 = 0; first < count; first += GROUP, group += draws) {
    for (let draw = 0; draw < draws; draw++)
      fourBlocks(words + ((<usize>draw) << 8), group + draw);
    const target = at(values, first);
    if (first + GROUP <= count) addGroup(target, draws);
    else {
      memory.copy(padded, target, (<usize>(count - first)) << 2);
      addGroup(padded, draws);
      memory.copy(target, padded, (<usize>(count - first)) << 2);
    }
  }
}

/** 64 values, times their share, from as many words (or four times as many). */
function addGroup(target: usize, draws: i32): void {
  const end = words + ((<usize>draws) << 8);
  for (let pair: usize = 0; pair < 256; pair += 32) {
    const values = target + pair;
    v128.store(values, f32x4.mul(v128.load(values), v128.load32_splat(SHARE)));
    v128.store(values, f32x4.mul(v128.load(values, 16), v128.load32_splat(SHARE)), 16);
    for (let place = words + pair; place < end; place += 256)
      addEight(values, v128.load(place), v128.load(place, 16));
  }
}

/** In memory, as the constants of math/functions.ts are. */
const DEVIATION = memory.data(4, 16);
const SHARE = memory.data(4, 16);
const HALF = memory.data<f32>([0.5], 16);
const TURNS = memory.data<f32>([5.8207660913467407e-11], 16); // 2^-34
const SIGN = memory.data<u32>([0x80000000], 16);

/**
 * Box and Muller 1958: with u uniform in (0, 1] and x in an eighth of a turn either way,
 * sqrt(-ln u) (cos x - sin x) and sqrt(-ln u) (cos x + sin x) are the normals that belong to an angle of the first
 * quadrant (cos x - sin x is sqrt(2) times the cosine of x and an eighth more), and two bits are their signs.
 *
 * @param a words whose upper 31 bits are u @param b words of two signs and 30 bits of x
 */
// @ts-ignore: decorator
@inline
function addEight(target: usize, a: v128, b: v128): void {
  const u = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(a, 1)), v128.load32_splat(HALF));
  const radius = f32x4.mul(f32x4.sqrt(minusLog31(u)), v128.load32_splat(DEVIATION));
  const x = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(b, 2)), v128.load32_splat(TURNS));
  const square = f32x4.mul(x, x);
  const s = sine(x, square);
  const c = cosine(square);
  const sign = v128.load32_splat(SIGN);
  const first = v128.xor(f32x4.sub(c, s), v128.and(b, sign));
  const second = v128.xor(f32x4.add(c, s), v128.and(i32x4.shl(b, 1), sign));
  v128.store(target, multiplyAdd(radius, first, v128.load(target)));
  v128.store(target, multiplyAdd(radius, second, v128.load(target, 16)), 16);
}
