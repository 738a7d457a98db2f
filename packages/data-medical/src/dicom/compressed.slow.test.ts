import { describe, expect, it } from 'vitest';
import { adobe, encode, flatJpeg, jfif } from '../images/testing/encode.js';
import { readDicom } from '../index.js';
import { encapsulated, fragments, image, type Part } from './testing/build.js';

const name = 'a.dcm';
const us = (tag: number, ...values: number[]): Part => [tag, 'US', values];
const header = (rows: number, columns: number, samples: number, photometric: string, bits = 8, signed = 0): Part[] =>
  image(
    [0x7fe00010, 'OB', ''],
    [
      us(0x00280002, samples),
      [0x00280004, 'CS', photometric],
      us(0x00280010, rows),
      us(0x00280011, columns),
      us(0x00280100, bits > 8 ? 16 : 8),
      us(0x00280101, bits),
      us(0x00280102, bits - 1),
      us(0x00280103, signed),
    ],
  );
const read = (ending: string, parts: Part[], stream: Uint8Array) =>
  readDicom({ name, bytes: encapsulated(`1.2.840.10008.1.2.4.${ending}`, parts, fragments([stream])) });

describe('JPEG within DICOM', () => {
  const colours = async (photometric: string, more: number[]) => [
    ...(await read('50', header(8, 8, 3, photometric), flatJpeg([40, 0, 40], more))).pixels.slice(0, 3),
  ];

  it('has the colours that DICOM names, unless Adobe names others in the stream', async () => {
    const [ycbcr, rgb] = [
      [224, 139, 168],
      [168, 128, 168],
    ];
    for (const markers of [[], jfif]) {
      expect(await colours('YBR_FULL_422', markers)).toEqual(ycbcr);
      expect(await colours('RGB', markers)).toEqual(rgb);
    }
    expect(await colours('RGB', adobe(1))).toEqual(ycbcr);
    expect(await colours('YBR_FULL', adobe(0))).toEqual(rgb);
  });

  it('must be of the size and the samples that DICOM says', async () => {
    for (const parts of [header(8, 9, 1, 'MONOCHROME2'), header(8, 8, 3, 'RGB')])
      await expect(read('50', parts, flatJpeg([40]))).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    expect((await read('50', header(8, 8, 1, 'MONOCHROME2'), flatJpeg([40]))).pixels[63]).toBe(168);
  });

  it('is no other coding than its transfer syntax says', async () => {
    for (const ending of ['70', '80', '90'])
      await expect(read(ending, header(8, 8, 1, 'MONOCHROME2'), flatJpeg([40]))).rejects.toMatchObject({
        code: 'DATA_MALFORMED',
      });
  });
});

describe('what the codecs encode without loss', () => {
  const [width, height] = [16, 8];
  const ramp = (count: number, bits: number) => Array.from({ length: count }, (_, i) => (i * 37) % 2 ** bits);
  const grey = [width, height].reduce((a, b) => a * b);

  it.each([8, 12, 16])('is decoded: HTJ2K and JPEG-LS of %i bits', async (bits) => {
    const values = ramp(grey, bits);
    const pixels = { width, height, components: 1, bits, values };
    const parts = header(height, width, 1, 'MONOCHROME2', bits);
    expect([...(await read('201', parts, await encode('htj2k', pixels))).pixels]).toEqual(values);
    expect([...(await read('80', parts, await encode('jpeg-ls', pixels))).pixels]).toEqual(values);
  });

  it('is decoded with its sign', async () => {
    const values = ramp(grey, 12).map((value) => value - 2048);
    const pixels = { width, height, components: 1, bits: 12, values };
    const parts = header(height, width, 1, 'MONOCHROME2', 12, 1);
    expect([...(await read('201', parts, await encode('htj2k', { ...pixels, signed: true }))).pixels]).toEqual(values);
    // Those of JPEG-LS have no sign: the header's bits say it.
    const raw = { ...pixels, values: values.map((value) => value & 0xfff) };
    expect([...(await read('80', parts, await encode('jpeg-ls', raw))).pixels]).toEqual(values);
  });

  it('is decoded in colour, pixel by pixel, whether it was stored so or in planes', async () => {
    const values = ramp(grey * 3, 8);
    const planes = Array.from({ length: grey * 3 }, (_, i) => values[(i % grey) * 3 + Math.floor(i / grey)]!);
    const parts = header(height, width, 3, 'RGB');
    const pixels = { width, height, components: 3, bits: 8 };
    expect([...(await read('201', parts, await encode('htj2k', { ...pixels, values }))).pixels]).toEqual(values);
    expect([...(await read('80', parts, await encode('jpeg-ls', { ...pixels, values: planes }))).pixels]).toEqual(
      values,
    );
  });

  it('is refused where its end is gone', async () => {
    const pixels = { width, height, components: 1, bits: 8, values: ramp(grey, 8) };
    for (const [ending, format] of [
      ['201', 'htj2k'],
      ['80', 'jpeg-ls'],
    ] as const) {
      const stream = await encode(format, pixels);
      for (const cut of [stream.length - 2, stream.length >> 1, 20, 2])
        await expect(
          read(ending, header(height, width, 1, 'MONOCHROME2'), stream.subarray(0, cut)),
          `${format} ${cut}`,
        ).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    }
  });
});
