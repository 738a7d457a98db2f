import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readDicom, readDicomTags, type DicomOptions } from '../index.js';
import { elements, encapsulated, file, fragments, image, type Part } from './testing/build.js';

const name = 'a.dcm';
const read = (bytes: Uint8Array, options?: DicomOptions) => readDicom({ name, bytes }, options);
const pixelsOf = async (parts: Part[], options?: DicomOptions) => [...(await read(file(parts), options)).pixels];
const us = (tag: number, ...values: number[]): Part => [tag, 'US', values];
const bits = (allocated: number, stored = allocated, high = stored - 1, signed = 0): Part[] => [
  us(0x00280100, allocated),
  us(0x00280101, stored),
  us(0x00280102, high),
  us(0x00280103, signed),
];
const size = (rows: number, columns: number): Part[] => [us(0x00280010, rows), us(0x00280011, columns)];
const photometric = (value: string, samples = 3): Part[] => [us(0x00280002, samples), [0x00280004, 'CS', value]];
const bytes = (...values: number[]): Part => [0x7fe00010, 'OB', Uint8Array.from(values)];
const words = (...values: number[]): Part => [0x7fe00010, 'OW', values];

describe('stored numbers', () => {
  it('are those of the bits that are stored: overlays above and rubbish below are masked', async () => {
    expect(await pixelsOf(image(words(0xf123, 0x0fff, 0xf000, 7), bits(16, 12)))).toEqual([0x123, 0xfff, 0, 7]);
    expect(await pixelsOf(image(words(0x123f, 0xfff0, 0x000f, 0x10), bits(16, 12, 15)))).toEqual([0x123, 0xfff, 0, 1]);
    expect(await pixelsOf(image(bytes(0xf1, 0x0f, 0xf0, 3), bits(8, 4)))).toEqual([1, 15, 0, 3]);
  });

  it('have a sign where the file says so, of the highest bit that is stored', async () => {
    expect(await pixelsOf(image(words(0x0fff, 0x0800, 0x07ff, 0xf001), bits(16, 12, 11, 1)))).toEqual([
      -1, -2048, 2047, 1,
    ]);
    expect(await pixelsOf(image(bytes(0xff, 0x80, 0x7f, 0), bits(8, 8, 7, 1)))).toEqual([-1, -128, 127, 0]);
    const long = image([0x7fe00010, 'OW', Buffer.from('ffffffff000000800100000000000040', 'hex')], bits(32, 32, 31, 1));
    expect(await pixelsOf(long)).toEqual([-1, -(2 ** 31), 1, 2 ** 30]);
  });

  it('of one bit follow each other from the lowest on, frame after frame without a gap', async () => {
    const parts = image(bytes(0b1101_0110, 0b1), [...bits(1), ...size(1, 3), [0x00280008, 'IS', '3']]);
    expect(await pixelsOf(parts)).toEqual([0, 1, 1, 0, 1, 0, 1, 1, 1]);
  });

  it('with a point are read as they are', async () => {
    const parts = image([0x7fe00008, 'OF', [0.5, -1.5, 1e10, 0]], [us(0x00280100, 32)]);
    expect(await pixelsOf(parts)).toEqual([0.5, -1.5, 1e10, 0]);
  });

  it('are the same in each byte order, with and without types, and deflated', async () => {
    const parts = image(words(1, 256, 0x1234, 0xfffe), [
      ...bits(16),
      [0x00281052, 'DS', '-10'],
      [0x00281053, 'DS', '2'],
    ]);
    const wanted = [1, 256, 0x1234, 0xfffe].map((value) => 2 * value - 10);
    expect(await pixelsOf(parts)).toEqual(wanted);
    const big = file(parts, '1.2.840.10008.1.2.2', { bigEndian: true });
    expect([...(await read(big)).pixels]).toEqual(wanted);
    expect([...(await read(file(parts, '1.2.840.10008.1.2', { explicit: false }))).pixels]).toEqual(wanted);
    const deflated = Buffer.concat([file([], '1.2.840.10008.1.2.1.99'), deflateRawSync(elements(parts))]);
    expect([...(await read(deflated)).pixels]).toEqual(wanted);
    // Without anything in front: explicit, implicit, big-endian.
    for (const writing of [{}, { explicit: false }, { bigEndian: true }])
      expect([...(await read(elements(parts, writing))).pixels]).toEqual(wanted);
    // Bytes that a big-endian writer kept in words are two by two the other way round.
    const swapped = file(image([0x7fe00010, 'OW', Uint8Array.of(2, 1, 4, 3)]), '1.2.840.10008.1.2.2', {
      bigEndian: true,
    });
    expect([...(await read(swapped)).pixels]).toEqual([1, 2, 3, 4]);
  });
});

describe('what numbers mean', () => {
  const four = bytes(0, 1, 2, 255);

  it('is said by slope and intercept, of the object or of each frame', async () => {
    const slope: Part[] = [
      [0x00281052, 'DS', '-1024'],
      [0x00281053, 'DS', '0.5'],
    ];
    expect(await pixelsOf(image(four, slope))).toEqual([-1024, -1023.5, -1023, -896.5]);
    expect(await pixelsOf(image(four, slope), { values: 'stored' })).toEqual([0, 1, 2, 255]);
    const transformation = (value: string): Part[] => [
      [
        0x00289145,
        'SQ',
        [
          [
            [0x00281052, 'DS', value],
            [0x00281053, 'DS', '1'],
          ],
        ],
      ],
    ];
    const frames: Part[] = [...size(1, 2), [0x00280008, 'IS', '2']];
    const shared = image(four, [...frames, [0x52009229, 'SQ', [transformation('5')]]]);
    expect(await pixelsOf(shared)).toEqual([5, 6, 7, 260]);
    const each = image(four, [...frames, [0x52009230, 'SQ', [transformation('5'), transformation('-2')]]]);
    expect(await pixelsOf(each)).toEqual([5, 6, 0, 253]);
  });

  it('is said by a table, whose ends go on', async () => {
    const table: Part = [
      0x00283000,
      'SQ',
      [[us(0x00283002, 3, 1, 16), [0x00283004, 'LO', 'OD'], us(0x00283006, 100, 200, 400)]],
    ];
    expect(await pixelsOf(image(four, [table]))).toEqual([100, 100, 200, 400]);
    expect(await read(file(image(four, [table])))).toMatchObject({ unit: 'OD', rescale: { slope: undefined } });
    const short: Part = [0x00283000, 'SQ', [[us(0x00283002, 3, 1, 16), us(0x00283006, 100)]]];
    await expect(pixelsOf(image(four, [short]))).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  });

  it('is turned around for MONOCHROME1 on wish, before it is rescaled', async () => {
    const parts = image(four, [...photometric('MONOCHROME1', 1), [0x00281052, 'DS', '1000']]);
    expect(await pixelsOf(parts)).toEqual([1000, 1001, 1002, 1255]);
    expect(await pixelsOf(parts, { invertMonochrome1: true })).toEqual([1255, 1254, 1253, 1000]);
    expect(await pixelsOf(image(four), { invertMonochrome1: true })).toEqual([0, 1, 2, 255]);
    const signed = image(bytes(0x80, 0x7f, 0, 0xff), [...photometric('MONOCHROME1', 1), ...bits(8, 8, 7, 1)]);
    expect(await pixelsOf(signed, { invertMonochrome1: true })).toEqual([127, -128, -1, 0]);
  });

  it('is said by a palette, of 16 bits or of 8 in either packing', async () => {
    const colours = (bits_: number, values: (i: number) => Part[2]): Part[] =>
      [1, 2, 3].flatMap((i): Part[] => [us(0x00281100 + i, 3, 1, bits_), [0x00281200 + i, 'OW', values(i)]]);
    const parts = (palette: Part[]) => image(bytes(0, 1, 2, 9), [...photometric('PALETTE COLOR', 1), ...palette]);
    const wanted = [1, 1, 2, 3].flatMap((entry) => [10 * entry + 1, 10 * entry + 2, 10 * entry + 3]);
    expect(await pixelsOf(parts(colours(16, (i) => [10 + i, 20 + i, 30 + i])))).toEqual(wanted);
    expect(await pixelsOf(parts(colours(8, (i) => [10 + i, 20 + i, 30 + i])))).toEqual(wanted);
    expect(await pixelsOf(parts(colours(8, (i) => Uint8Array.of(10 + i, 20 + i, 30 + i, 0))))).toEqual(wanted);
    await expect(pixelsOf(parts(colours(16, () => [1, 2])))).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    await expect(pixelsOf(parts([]))).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  });
});

describe('colours', () => {
  it('stand pixel by pixel or in planes', async () => {
    const rgb = [1, 2, 3, 4, 5, 6];
    const two = [...photometric('RGB'), ...size(1, 2)];
    expect(await pixelsOf(image(bytes(...rgb), two))).toEqual(rgb);
    expect(await pixelsOf(image(bytes(1, 4, 2, 5, 3, 6), [...two, us(0x00280006, 1)]))).toEqual(rgb);
  });

  it('become RGB from luma and chroma', async () => {
    // By hand: Y 100, Cb 128, Cr 228: 100 + 1.402 * 100, 100 - 0.714136 * 100, 100.
    const one = [...photometric('YBR_FULL'), ...size(1, 1)];
    expect(await pixelsOf(image(bytes(100, 128, 228, 0), one))).toEqual([240, 29, 100]);
    expect(await pixelsOf(image(bytes(250, 255, 128, 0), one))).toEqual([250, 206, 255]); // cut at 255
    const halved = [...photometric('YBR_FULL_422'), ...size(1, 2)];
    expect(await pixelsOf(image(bytes(100, 50, 128, 228), halved))).toEqual([240, 29, 100, 190, 0, 50]);
  });
});

describe('compressed frames', () => {
  /** Of RLE: header, then segments. */
  const rle = (...segments: number[][]): Buffer => {
    const head = Buffer.alloc(64);
    head.writeUInt32LE(segments.length);
    let at = 64;
    segments.forEach((segment, i) => {
      head.writeUInt32LE(at, 4 + 4 * i);
      at += segment.length;
    });
    return Buffer.concat([head, ...segments.map((segment) => Buffer.from(segment))]);
  };
  const uid = '1.2.840.10008.1.2.5';
  const parts = (more: Part[]) => image(bytes(), more);

  it('of RLE have runs, literals, nothing to do, and the higher byte first', async () => {
    const found = await read(encapsulated(uid, parts(bits(16)), fragments([rle([0xfd, 1], [128, 3, 5, 6, 7, 8])])));
    expect([...found.pixels]).toEqual([261, 262, 263, 264]);
  });

  it('are found by the offset table where they are parted, and by their number where they are not', async () => {
    const two: Part[] = [...size(1, 2), [0x00280008, 'IS', '2']];
    const [a, b] = [rle([1, 1, 2]), rle([1, 3, 4])];
    const [head, tail] = [a.subarray(0, 66), a.subarray(66)];
    expect([...(await read(encapsulated(uid, parts(two), fragments([a, b])))).pixels]).toEqual([1, 2, 3, 4]);
    const split = fragments([head, tail, b], [0, 8 + head.length + 8 + tail.length]);
    expect([...(await read(encapsulated(uid, parts(two), split))).pixels]).toEqual([1, 2, 3, 4]);
    for (const wrong of [fragments([a]), fragments([head, tail, b]), fragments([head, tail, b], [0, 3])])
      await expect(read(encapsulated(uid, parts(two), wrong))).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  });

  it.each([
    ['too few segments', [rle([3, 1, 2, 3, 4])], bits(16)],
    ['a run that is too long', [rle([0xf0, 1])], bits(8)],
    ['a segment that ends early', [rle([3, 1, 2])], bits(8)],
    ['a run without its byte', [rle([0xfd])], bits(8)],
    ['nothing', [Buffer.alloc(0)], bits(8)],
  ] as const)('of RLE with %s are refused', async (_, frames, depth) => {
    await expect(read(encapsulated(uid, parts([...depth]), fragments(frames)))).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      subject: name,
    });
  });

  it('of a transfer syntax that can not be decoded are refused by name', async () => {
    for (const [syntax, words_] of [
      ['1.2.840.10008.1.2.4.102', 'MPEG-4'],
      ['1.2.840.10008.1.2.4.110', 'JPEG XL'],
      ['1.2.3.4', 'not a known one'],
    ] as const) {
      const refusal = { code: 'FILE_INVALID', message: expect.stringMatching(new RegExp(`${syntax} .*${words_}`)) };
      await expect(read(encapsulated(syntax, parts([]), fragments([Buffer.from('abcd')])))).rejects.toMatchObject(
        refusal,
      );
    }
  });

  it.each(['50', '70', '80', '90', '201'])(
    'of the transfer syntax .4.%s are refused where they are none',
    async (end) => {
      for (const wrong of ['abcdefgh', '\xff\xd8\xff\xd9', '\xff\x4f\xff\x51\xff\xd9'])
        await expect(
          read(encapsulated(`1.2.840.10008.1.2.4.${end}`, parts([]), fragments([Buffer.from(wrong, 'latin1')]))),
        ).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    },
  );

  it('must be compressed where the syntax is, and must not where it is not', async () => {
    await expect(read(file(image(bytes(1, 2, 3, 4)), uid))).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    const raw = encapsulated('1.2.840.10008.1.2.1', parts([]), fragments([Buffer.from('abcd')]));
    await expect(read(raw)).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  });
});

it('proposes windows, and spacing of the patient before that of the detector', async () => {
  const parts = image(bytes(1, 2, 3, 4), [
    [0x00181164, 'DS', '0.1\\0.2'],
    [0x00281050, 'DS', '40\\300'],
    [0x00281051, 'DS', '400\\1500'],
    [0x00281056, 'CS', 'SIGMOID'],
  ]);
  expect(await read(file(parts))).toMatchObject({
    pixelSpacing: [0.1, 0.2],
    windows: [
      { center: 40, width: 400, shape: 'sigmoid' },
      { center: 300, width: 1500, shape: 'sigmoid' },
    ],
  });
  expect((await read(file([...parts, [0x00280030, 'DS', '3\\4']]))).pixelSpacing).toEqual([3, 4]);
});

it('refuses what contradicts itself', async () => {
  const four = bytes(1, 2, 3, 4);
  for (const more of [
    size(0, 2),
    size(3, 2), // six pixels of four
    bits(16, 12, 5),
    bits(8, 9),
    photometric('RGB', 1),
    photometric('MONOCHROME2', 3),
    [[0x00280008, 'IS', '0'] as Part],
    [[0x00280008, 'IS', 'x'] as Part],
    [[0x00281053, 'DS', '1e999'] as Part],
  ])
    await expect(pixelsOf(image(four, more)), JSON.stringify(more)).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  for (const more of [bits(24), photometric('HSV'), photometric('YBR_PARTIAL_420')])
    await expect(pixelsOf(image(four, more))).rejects.toMatchObject({ code: 'FILE_INVALID' });
  await expect(read(Buffer.from('no image at all'))).rejects.toMatchObject({ code: 'FILE_INVALID' });
  await expect(readDicom('/nowhere/a.dcm')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

it('reads tags by keyword, as text, numbers and several of them', async () => {
  const bytes_ = file([
    [0x00080005, 'CS', 'ISO_IR 192'],
    [0x00100010, 'PN', Buffer.from('Müller^Käthe ')],
    [0x00280010, 'US', [7]],
    [0x00281050, 'DS', '1\\-2.5'],
  ]);
  const keywords = ['PatientName', 'Rows', 'WindowCenter', 'PatientID'] as const;
  expect(await readDicomTags({ name, bytes: bytes_ }, keywords)).toEqual({
    PatientName: 'Müller^Käthe',
    Rows: 7,
    WindowCenter: [1, -2.5],
    PatientID: undefined,
  });
  await expect(readDicomTags({ name, bytes: bytes_ }, ['Patient' as 'Rows'])).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
  });
});
