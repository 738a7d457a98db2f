/** Compiled for the tests alone: what they compare with core and with float64, and the program does not export. */
import { cox, coxRoom } from '../loss/cox';
import * as math from '../math/functions';
import { addRows, addScaled, dot, multiplyEach, scale } from '../matrix/vector';
import { fourBlocks } from '../random/chacha';
import { dropoutMask } from '../random/dropout';
import { addGaussian } from '../random/gaussian';
import { chooseUnits } from '../random/uniform';

export { addGaussian, addRows, addScaled, chooseUnits, cox, coxRoom, dot, dropoutMask, fourBlocks, multiplyEach, scale };

export function log(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(target + (i << 2), math.log(v128.load(source + (i << 2))));
}

export function expm1(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(target + (i << 2), math.expm1(v128.load(source + (i << 2))));
}

export function tanh(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(target + (i << 2), math.tanh(v128.load(source + (i << 2))));
}

export function sigmoid(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(target + (i << 2), math.sigmoid(v128.load(source + (i << 2))));
}

/** Of angles in turns. */
export function sine(target: usize, source: usize, count: i32): void {
  turn(target, source, count, false);
}

export function cosine(target: usize, source: usize, count: i32): void {
  turn(target, source, count, true);
}

function turn(target: usize, source: usize, count: i32, cosine: bool): void {
  for (let i = 0; i < count; i += 4) {
    const turns = v128.load(source + (i << 2));
    const quarter = math.quarterOf(turns);
    const x = math.remainderOf(turns, quarter);
    const square = f32x4.mul(x, x);
    const s = math.sineNearZero(x, square);
    const c = math.cosineNearZero(square);
    v128.store(target + (i << 2), cosine ? math.pickCosine(quarter, s, c) : math.pickSine(quarter, s, c));
  }
}
