import type { ImageHeader } from './image-header.js';
import type { Samples } from './native.js';

/**
 * The numbers that samples stand for: the bits that are stored, without overlays or rubbish in those beside them, with
 * their sign (PS3.5, section 8.1.1).
 * @param samples changed where they need it
 */
export function storedValues(samples: Samples, header: ImageHeader): Samples {
  const { bitsStored, highBit, bitsAllocated, signed, pixels } = header;
  if (pixels !== 'integers') return samples;
  if (!signed && bitsStored === bitsAllocated) return samples;
  const left = 31 - highBit;
  const right = 32 - bitsStored;
  const values: Samples = signed ? new Int32Array(samples.length) : samples;
  for (let i = 0; i < samples.length; i++)
    values[i] = signed ? (samples[i]! << left) >> right : (samples[i]! << left) >>> right;
  return values;
}

/** The lowest and the highest number that can be stored. */
export function storedRange({ bitsStored, signed }: ImageHeader): readonly [lowest: number, highest: number] {
  return signed ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1] : [0, 2 ** bitsStored - 1];
}
