import { assertFits, broken, mostValues, refused } from '../images/failure.js';
import { bytesOf, type FileSource } from '../images/file-bytes.js';
import { applyPalette, fromHalvedChroma, paletteOf, toRgb, type Palette } from './colours.js';
import { decodeFrame, pixelByPixel } from './compressed.js';
import { parseDicom, type DicomObject } from './data-set.js';
import { encapsulatedFrames } from './frames.js';
import { imageHeader, type ImageHeader } from './image-header.js';
import { nativeFrames, type Samples } from './native.js';
import { pixelSpacingOf, rescalingOf, type Rescale } from './rescale.js';
import { storedRange, storedValues } from './stored-values.js';
import { textOf } from './values.js';
import { windowsOf, type Window } from './window.js';

/** A DICOM image, decoded. Nothing of who the patient is: ask `readDicomTags` for what you need. */
export interface DicomImage {
  /** Such as CT; undefined where the file does not say. */
  readonly modality: string | undefined;
  /** Its UID. */
  readonly transferSyntax: string;
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  /** 1 grey, 3 RGB. */
  readonly channels: number;
  /** As the file stores it, such as MONOCHROME1; colours are RGB here all the same. */
  readonly photometric: string;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** In mm, from row to row and from column to column. */
  readonly pixelSpacing: readonly [row: number, column: number] | undefined;
  /** What was applied, to the first frame; undefined where it was a table. */
  readonly rescale: { readonly slope: number | undefined; readonly intercept: number | undefined };
  /** Of rescaled numbers, as the file names it, such as HU. */
  readonly unit: string | undefined;
  /** Those that the file proposes; see `windowed`. */
  readonly windows: readonly Window[];
  /** [frames, rows, columns, channels]. */
  readonly pixels: Float32Array;
}

/** Of `readDicom`. */
export interface DicomOptions {
  /** `rescaled` (default): with slope, intercept and palettes; `stored`: as they stand in the file. */
  readonly values?: 'rescaled' | 'stored';
  /** Turns MONOCHROME1 around, in which low means bright, so that in all images high does. Default false. */
  readonly invertMonochrome1?: boolean;
  /** More numbers are not decoded. Default 2^28, 1 GiB. */
  readonly maximumValues?: number;
}

/**
 * Reads a DICOM image (PS3.3, PS3.5, PS3.10), of any transfer syntax whose codec is installed: native, deflated, RLE, JPEG
 * of 8 bits, JPEG Lossless, JPEG-LS, JPEG 2000, HTJ2K.
 *
 * Numbers of more than 24 bits are rounded to float32. A file that is cut short is an error, never zeros.
 *
 * @param source a path, or bytes with a name for messages. No message holds what an element says but the transfer syntax
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what is no DICOM image, what has more numbers than
 *   `maximumValues`, and a transfer syntax that can't be decoded, by name; DATA_MALFORMED where the file is damaged, cut
 *   short, or contradicts itself; CONFIG_INVALID where a codec is not installed, with its package
 */
export async function readDicom(source: FileSource, options: DicomOptions = {}): Promise<DicomImage> {
  const { name, bytes } = await bytesOf(source);
  const object = await parseDicom(name, bytes);
  const header = imageHeader(object);
  const { frames, rows, columns, photometric } = header;
  const { values = 'rescaled', invertMonochrome1 = false, maximumValues = mostValues } = options;
  const palette = values === 'rescaled' && photometric === 'PALETTE COLOR' ? paletteOf(object, header) : undefined;
  const channels = palette ? 3 : header.samples;
  assertFits(name, [frames, rows, columns, channels], maximumValues);

  const rescaling = rescalingOf(object);
  const isGrey = channels === 1;
  const frameOf = frameReader(object, header, palette);
  let pixels: Float32Array | undefined;
  for (let frame = 0; frame < frames; frame++) {
    const found = await frameOf(frame);
    pixels ??= new Float32Array(frames * rows * columns * channels); // not before one frame was whole
    const invert = invertMonochrome1 && photometric === 'MONOCHROME1';
    const rescale = values === 'rescaled' && isGrey ? rescaling.of(frame) : undefined;
    put(found, pixels, frame * rows * columns * channels, invert ? storedRange(header) : undefined, rescale);
  }
  return {
    modality: textOf(object.dataSet.get(0x00080060))[0],
    transferSyntax: object.syntax.uid,
    frames,
    rows,
    columns,
    channels,
    photometric,
    bitsStored: palette?.bits ?? header.bitsStored,
    signed: header.signed,
    pixelSpacing: pixelSpacingOf(object),
    rescale: { slope: rescaling.slope, intercept: rescaling.intercept },
    unit: rescaling.unit,
    windows: windowsOf(object),
    pixels: pixels!,
  };
}

/** One frame after the other: stored numbers, colours as RGB, pixel by pixel. */
function frameReader(
  object: DicomObject,
  header: ImageHeader,
  palette: Palette | undefined,
): (frame: number) => Promise<Samples> {
  const { name, syntax } = object;
  const { photometric, samples, planar, bitsAllocated } = header;
  const coding = syntax.pixels;
  if (coding === undefined)
    throw refused(name, `pixels of the transfer syntax ${syntax.uid} (${syntax.name}) can't be decoded`);
  const asColours = (found: Samples, rgb: boolean): Samples => {
    if (palette) return applyPalette(found, palette);
    if (rgb || !photometric.startsWith('YBR')) return found;
    if (bitsAllocated !== 8) throw refused(name, `${photometric} of ${bitsAllocated} bits can't be read`);
    return toRgb(found);
  };
  if (coding === 'native') {
    const read = nativeFrames(object, header);
    return async (frame) => {
      let found = storedValues(read(frame), header);
      if (photometric === 'YBR_FULL_422') found = fromHalvedChroma(found);
      else if (planar) found = pixelByPixel(found, samples);
      return asColours(found, false);
    };
  }
  if (header.pixels !== 'integers') throw broken(name, 'numbers with a point are compressed, which they never are');
  const compressed = encapsulatedFrames(object, header);
  return async (frame) => {
    const { samples: found, rgb, final } = await decodeFrame(name, coding, compressed[frame]!, header);
    return asColours(final ? found : storedValues(found, header), rgb);
  };
}

function put(
  from: Samples,
  into: Float32Array,
  start: number,
  invertWithin: readonly [lowest: number, highest: number] | undefined,
  rescale: Rescale | undefined,
): void {
  if (!invertWithin && !rescale) return into.set(from, start);
  const sum = invertWithin ? invertWithin[0] + invertWithin[1] : 0;
  for (let i = 0; i < from.length; i++) {
    const stored = invertWithin ? sum - from[i]! : from[i]!;
    into[start + i] = rescale ? rescale(stored) : stored;
  }
}
