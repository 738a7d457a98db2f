import { at } from '../memory';
import { at64, two } from '../matrix/columns';

/**
 * The passes of group normalization that write images [positions, channels]. What belongs to a group stands there for
 * each of its channels, so that four channels are one vector whatever the width of a group.
 */

/**
 * normalized = (image - means) * inverses, which are float64; output = normalized * scale + shift. The difference is
 * taken in float64: values far from 0 that differ little keep what they differ by.
 */
export function normalize(
  image: usize,
  normalized: usize,
  output: usize,
  means: usize,
  inverses: usize,
  scale: usize,
  shift: usize,
  positions: i32,
  channels: i32,
): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const meanLow = v128.load(at64(means, c));
    const meanHigh = v128.load(at64(means, c), 16);
    const inverseLow = v128.load(at64(inverses, c));
    const inverseHigh = v128.load(at64(inverses, c), 16);
    const by = v128.load(at(scale, c));
    const plus = v128.load(at(shift, c));
    for (let place = c; place < positions * channels; place += channels) {
      const low = f64x2.mul(f64x2.sub(two(at(image, place)), meanLow), inverseLow);
      const high = f64x2.mul(f64x2.sub(two(at(image, place + 2)), meanHigh), inverseHigh);
      const value = v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
      v128.store(at(normalized, place), value);
      v128.store(at(output, place), f32x4.add(f32x4.mul(value, by), plus));
    }
  }
  for (; c < channels; c++) {
    const mean = load<f64>(at64(means, c));
    const inverse = load<f64>(at64(inverses, c));
    const by = load<f32>(at(scale, c));
    const plus = load<f32>(at(shift, c));
    for (let place = c; place < positions * channels; place += channels) {
      const value = <f32>((<f64>load<f32>(at(image, place)) - mean) * inverse);
      store<f32>(at(normalized, place), value);
      store<f32>(at(output, place), value * by + plus);
    }
  }
}

/** inputGradient = inverses * (outputGradient * scale - means - normalized * shares), all float32. */
export function normalizeGradient(
  outputGradient: usize,
  normalized: usize,
  inputGradient: usize,
  inverses: usize,
  means: usize,
  shares: usize,
  scale: usize,
  positions: i32,
  channels: i32,
): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const inverse = v128.load(at(inverses, c));
    const mean = v128.load(at(means, c));
    const share = v128.load(at(shares, c));
    const by = v128.load(at(scale, c));
    for (let place = c; place < positions * channels; place += channels) {
      const d = f32x4.mul(v128.load(at(outputGradient, place)), by);
      const along = f32x4.mul(v128.load(at(normalized, place)), share);
      v128.store(at(inputGradient, place), f32x4.mul(inverse, f32x4.sub(f32x4.sub(d, mean), along)));
    }
  }
  for (; c < channels; c++) {
    const inverse = load<f32>(at(inverses, c));
    const mean = load<f32>(at(means, c));
    const share = load<f32>(at(shares, c));
    const by = load<f32>(at(scale, c));
    for (let place = c; place < positions * channels; place += channels) {
      const d = load<f32>(at(outputGradient, place)) * by;
      const along = load<f32>(at(normalized, place)) * share;
      store<f32>(at(inputGradient, place), inverse * (d - mean - along));
    }
  }
}
