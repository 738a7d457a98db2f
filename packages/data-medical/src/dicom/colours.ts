import { broken, refused } from '../images/failure.js';
import type { DicomObject } from './data-set.js';
import type { Element } from './elements.js';
import type { ImageHeader } from './image-header.js';
import type { Samples } from './native.js';
import { shortsOf } from './values.js';

/** Y Y B R of two pixels as Y B R of each (PS3.3, section C.7.6.3.1.2). */
export function fromHalvedChroma(samples: Samples): Samples {
  const values = new Uint8Array((samples.length / 2) * 3);
  for (let from = 0, to = 0; from < samples.length; from += 4, to += 6) {
    const [first, second, blue, red] = [samples[from]!, samples[from + 1]!, samples[from + 2]!, samples[from + 3]!];
    values.set([first, blue, red, second, blue, red], to);
  }
  return values;
}

/** YBR_FULL to RGB (PS3.3, section C.7.6.3.1.2; ITU-R BT.601), rounded and cut to what 8 bits hold. */
export function toRgb(samples: Samples): Samples {
  const values = new Uint8ClampedArray(samples.length);
  for (let i = 0; i < samples.length; i += 3) {
    const [y, blue, red] = [samples[i]!, samples[i + 1]! - 128, samples[i + 2]! - 128];
    values[i] = y + 1.402 * red;
    values[i + 1] = y - 0.344136 * blue - 0.714136 * red;
    values[i + 2] = y + 1.772 * blue;
  }
  return new Uint8Array(values.buffer);
}

/** The colours that the numbers of an image stand for (PS3.3, section C.7.9). */
export interface Palette {
  /** Of each entry: 8 or 16. */
  readonly bits: number;
  /** The number that the first entry is for; lower ones have its colour, and those beyond the last that of the last. */
  readonly first: number;
  readonly colours: readonly [red: readonly number[], green: readonly number[], blue: readonly number[]];
}

/** @throws {FedwardError} DATA_MALFORMED; FILE_INVALID for a palette in segments */
export function paletteOf({ name, dataSet }: DicomObject, header: ImageHeader): Palette {
  const tables = [1, 2, 3].map((i) => {
    const [declared, first, bits] = shortsOf(dataSet.get(0x00281100 + i));
    if (declared === undefined || first === undefined || (bits !== 8 && bits !== 16))
      throw broken(name, 'a palette is not described');
    const element = dataSet.get(0x00281200 + i);
    if (!element && dataSet.has(0x00281220 + i)) throw refused(name, "a palette in segments can't be read");
    const count = declared === 0 ? 2 ** 16 : declared;
    const entries = element ? entriesOf(element, count, bits) : [];
    if (entries.length < count) throw broken(name, `a palette has ${entries.length} of ${count} entries`);
    return { entries, bits, first: header.signed ? (first << 16) >> 16 : first };
  });
  const [red, green, blue] = tables as [(typeof tables)[0], (typeof tables)[0], (typeof tables)[0]];
  if (red.bits !== green.bits || red.bits !== blue.bits || red.first !== green.first || red.first !== blue.first)
    throw broken(name, 'the palettes of the three colours differ');
  return { bits: red.bits, first: red.first, colours: [red.entries, green.entries, blue.entries] };
}

/** Entries of 8 bits stand two in a word, the lower half first, or in a word each. */
function entriesOf(element: Element, count: number, bits: number): number[] {
  const words = shortsOf(element);
  if (bits === 16 || words.length >= count) return words.slice(0, count);
  return words.flatMap((word) => [word & 0xff, word >> 8]).slice(0, count);
}

/** The colours of one frame, [pixels, 3]. */
export function applyPalette(samples: Samples, { first, colours }: Palette): Samples {
  const values = new Uint16Array(samples.length * 3);
  const last = colours[0].length - 1;
  for (let i = 0; i < samples.length; i++) {
    const entry = Math.min(Math.max(samples[i]! - first, 0), last);
    for (let colour = 0; colour < 3; colour++) values[3 * i + colour] = colours[colour]![entry]!;
  }
  return values;
}
