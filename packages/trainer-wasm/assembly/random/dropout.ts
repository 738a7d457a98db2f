import { at } from '../memory';
import { fourBlocks, GROUP, openStream } from './chacha';

const words = memory.data(256, 16);

/**
 * Values `first` up to `first + count` of a layer's mask: 0 with probability `rate`, where the word of that index is
 * below rate 2^32, else 1 / (1 - rate). Masks go by place in the batch: under differential privacy they are as secret
 * as the noise, or one record less moves the sum by all the others' gradients (core's `maskKeystream`).
 */
// prettier-ignore
export function dropoutMask(
  mask: usize, first: i32, count: i32, rate: f64, key: usize, rounds: i32, step: u32, lane: u32,
): void {
  const threshold = i32x4.splat(<u32>min(4294967295, Math.ceil(rate * 4294967296)));
  const kept = f32x4.splat(<f32>(1 / (1 - rate)));
  const end = first + count;
  openStream(key, rounds, step, lane);
  for (let group = first / GROUP; group * GROUP < end; group++) {
    fourBlocks(words, group);
    for (let j = 0; j < GROUP; j += 4) {
      const factors = v128.and(i32x4.ge_u(v128.load(at(words, j)), threshold), kept);
      const index = group * GROUP + j;
      if (index >= first && index + 4 <= end) v128.store(at(mask, index - first), factors);
      else {
        v128.store(at(words, j), factors);
        for (let i = max(index, first); i < min(index + 4, end); i++)
          store<f32>(at(mask, i - first), load<f32>(at(words, i - group * GROUP)));
      }
    }
  }
}
