import { inflate } from 'node:zlib';
import { promisify } from 'node:util';
import { assertFits, broken, mostValues } from '../failure.js';
import type { Picture } from '../picture.js';
import { pngChunks, type PngChunks } from './chunks.js';
import { inflatedSize, passesOf, samplesOf, unfilter } from './scanlines.js';

/**
 * A PNG file (W3C, third edition): grey, RGB or of a palette, of any depth, interlaced or not. Fewer bits than 8 are kept as
 * they are (`depth`), a palette becomes RGB. An alpha of which nothing is transparent is left out; another stays a channel.
 * Gamma and colour profiles are not applied.
 *
 * @param name of the file, for messages
 * @throws {FedwardError} FILE_INVALID for what is no PNG file, or has more than `maximumValues`; DATA_MALFORMED where it is
 *   damaged, cut short, or its data are not as many as its header says
 */
export async function readPng(name: string, bytes: Uint8Array, maximumValues = mostValues): Promise<Picture> {
  const chunks = pngChunks(name, bytes);
  const { header } = chunks;
  const { width, height, depth } = header;
  const stored = samplesOf[header.colour];
  assertFits(name, [height, width, header.colour === 'palette' ? 4 : stored], maximumValues);
  const samples = await samplesFrom(name, chunks);
  if (header.colour === 'palette')
    return opaque({ height, width, channels: 4, depth: 8, values: coloured(name, samples, chunks) });
  const picture = { height, width, channels: stored, depth, values: samples };
  return opaque(chunks.transparency ? withAlpha(name, picture, chunks.transparency) : picture);
}

/** [height, width, samples] as stored. */
async function samplesFrom(name: string, { header, data }: PngChunks): Promise<Uint8Array | Uint16Array> {
  const { width, height, depth, colour } = header;
  const passes = passesOf(header);
  const size = inflatedSize(passes);
  // A bomb would inflate to more than its header says: it is stopped there.
  const inflated = await promisify(inflate)(Buffer.concat(data), { maxOutputLength: size }).catch((cause: unknown) => {
    throw broken(name, 'the PNG data are damaged, cut short, or more than the header says', cause);
  });
  if (inflated.length !== size) throw broken(name, `the PNG data have ${inflated.length} of ${size} bytes`);
  const samples = samplesOf[colour];
  const values = new (depth === 16 ? Uint16Array : Uint8Array)(width * height * samples);
  let from = 0;
  for (const pass of passes) {
    const rows = inflated.subarray(from, (from += pass.height * (1 + pass.rowBytes)));
    unfilter(name, rows, pass, Math.max(1, (depth * samples) >> 3));
    for (let row = 0; row < pass.height; row++) {
      const line = rows.subarray(row * (1 + pass.rowBytes) + 1);
      for (let i = 0; i < pass.width * samples; i++) {
        const [pixel, sample] = [Math.floor(i / samples), i % samples];
        const at = (pass.y + row * pass.stepY) * width + pass.x + pixel * pass.stepX;
        values[at * samples + sample] = sampleAt(line, i, depth);
      }
    }
  }
  return values;
}

/** The first samples stand in the higher bits of a byte, the higher byte of 16 bits first. */
function sampleAt(line: Uint8Array, i: number, depth: number): number {
  if (depth === 8) return line[i]!;
  if (depth === 16) return line[2 * i]! * 256 + line[2 * i + 1]!;
  const bit = i * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}

/** Entries of a palette as red, green, blue and alpha. */
function coloured(name: string, samples: ArrayLike<number>, { palette, transparency }: PngChunks): Uint8Array {
  const entries = palette.length / 3;
  if (!Number.isInteger(entries) || entries === 0) throw broken(name, 'the PNG file has no palette');
  const values = new Uint8Array(samples.length * 4);
  for (let i = 0; i < samples.length; i++) {
    const entry = samples[i]!;
    if (entry >= entries) throw broken(name, 'a pixel of the PNG image is beyond its palette');
    for (let colour = 0; colour < 3; colour++) values[4 * i + colour] = palette[3 * entry + colour]!;
    values[4 * i + 3] = transparency?.[entry] ?? 255;
  }
  return values;
}

/** One colour of an image without alpha may be declared transparent. */
function withAlpha(name: string, { values, channels, depth, ...size }: Picture, transparency: Uint8Array): Picture {
  if (channels % 2 === 0 || transparency.length !== 2 * channels)
    throw broken(name, 'the PNG file declares a transparent colour that can not be');
  const colour = Array.from({ length: channels }, (_, i) => transparency[2 * i]! * 256 + transparency[2 * i + 1]!);
  const pixels = values.length / channels;
  const all = new (depth === 16 ? Uint16Array : Uint8Array)(pixels * (channels + 1));
  for (let i = 0; i < pixels; i++) {
    const pixel = values.subarray(i * channels, (i + 1) * channels);
    all.set(pixel, i * (channels + 1));
    all[i * (channels + 1) + channels] = colour.every((value, c) => value === pixel[c]) ? 0 : 2 ** depth - 1;
  }
  return { ...size, depth, channels: channels + 1, values: all };
}

/** Without an alpha that hides nothing. */
function opaque(picture: Picture): Picture {
  const { values, channels, depth } = picture;
  if (channels % 2 === 1) return picture;
  for (let i = channels - 1; i < values.length; i += channels) if (values[i] !== 2 ** depth - 1) return picture;
  const kept = channels - 1;
  const pixels = values.length / channels;
  const without = new (depth === 16 ? Uint16Array : Uint8Array)(pixels * kept);
  for (let i = 0; i < pixels; i++) without.set(values.subarray(i * channels, i * channels + kept), i * kept);
  return { ...picture, channels: kept, values: without };
}
