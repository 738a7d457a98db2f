/** Compiled for the tests alone: what they compare with core and with float64, and the program does not export. */
import { cox, coxRoom } from '../loss/cox';
import { sumColumns, sumProducts, sumSquares } from '../matrix/columns';
import * as math from '../math/functions';
import { addRows, addScaled, dot, multiplyEach, scale } from '../matrix/vector';
import { fourBlocks, openStream } from '../random/chacha';
import { dropoutMask } from '../random/dropout';
import { addGaussian } from '../random/gaussian';
import { chooseUnits } from '../random/uniform';

export { addGaussian, addRows, addScaled, chooseUnits, cox, coxRoom, dot, dropoutMask, fourBlocks, multiplyEach };
export { openStream, scale, sumColumns, sumProducts, sumSquares };

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

export function minusLog31(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(target + (i << 2), math.minusLog31(v128.load(source + (i << 2))));
}

/** Of angles in turns. */
export function sine(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const x = v128.load(source + (i << 2));
    v128.store(target + (i << 2), math.sine(x, f32x4.mul(x, x)));
  }
}

export function cosine(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const x = v128.load(source + (i << 2));
    v128.store(target + (i << 2), math.cosine(f32x4.mul(x, x)));
  }
}
