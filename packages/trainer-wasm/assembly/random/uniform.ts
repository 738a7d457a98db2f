import { at } from '../memory';
import { fourBlocks, GROUP, openStream } from './chacha';

const SAMPLING_LANE: u32 = 0;
const words = memory.data(256, 16);

/**
 * Chooses each of `units` units with this probability, independently, by core's `KeystreamWords.uniform`.
 * @param chosen [units]: the numbers of the chosen, in order
 * @returns how many
 */
export function chooseUnits(chosen: usize, units: i32, probability: f64, key: usize, rounds: i32, step: u32): i32 {
  // A uniform is an integer below 2^53, scaled.
  const threshold = <u64>Math.ceil(probability * 9007199254740992);
  openStream(key, rounds, step, SAMPLING_LANE);
  let count = 0;
  for (let unit = 0; unit < units; unit++) {
    const within = unit % (GROUP / 2);
    if (within == 0) fourBlocks(words, unit / (GROUP / 2));
    const place = at(words, 2 * within - (within & 3));
    const uniform = (((<u64>load<u32>(place)) >> 5) << 26) + ((<u64>load<u32>(place, 16)) >> 6);
    if (uniform < threshold) store<u32>(at(chosen, count++), unit);
  }
  return count;
}
