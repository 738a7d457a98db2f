import { describe, expect, it } from 'vitest';
import { readDicom, readDicomTags } from '../index.js';
import { encapsulated, file, fragments, image, type Part } from './testing/build.js';

const name = 'a.dcm';
const read = (bytes: Uint8Array) => readDicom({ name, bytes });
const errorOf = (bytes: Uint8Array) =>
  read(bytes).then(
    () => undefined,
    (error: Error & { code?: string }) => error,
  );
const us = (tag: number, ...values: number[]): Part => [tag, 'US', values];
const four: Part = [0x7fe00010, 'OB', Uint8Array.of(1, 2, 3, 4)];

/** Runs it, and tells how much memory for arrays it left behind, which nothing collects while it runs. */
async function memoryOf(what: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().arrayBuffers;
  await what();
  return process.memoryUsage().arrayBuffers - before;
}

describe('a file that wants to exhaust its reader', () => {
  it('declares 65535 x 65535 pixels and has four bytes of them', async () => {
    const huge = (...more: Part[]) => file(image(four, [us(0x00280010, 65_535), us(0x00280011, 65_535), ...more]));
    expect(await errorOf(huge())).toMatchObject({
      code: 'FILE_INVALID',
      message: 'a.dcm: 1 x 65535 x 65535 x 1 numbers are declared, and at most 268435456 are decoded',
    });
    const frames = file(image(four, [[0x00280008, 'IS', '900000000']]));
    expect(await errorOf(frames)).toMatchObject({ code: 'FILE_INVALID' });
    await expect(readDicom({ name, bytes: file(image(four)) }, { maximumValues: 3 })).rejects.toMatchObject({
      code: 'FILE_INVALID',
    });
  });

  it('declares as many pixels as are allowed, has few bytes of them, and gets no memory for them', async () => {
    const large: Part[] = [us(0x00280010, 16_000), us(0x00280011, 16_000)];
    const packed = (ending: string, stream: Uint8Array) =>
      encapsulated(`1.2.840.10008.1.2.${ending}`, image(four, large), fragments([stream]));
    const files = [
      file(image(four, large)),
      packed('5', Buffer.concat([Uint8Array.of(1, 0, 0, 0, 64, 0, 0, 0), Buffer.alloc(60)])),
      packed('4.50', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)),
      // Lossless JPEG of that size with no data.
      packed('4.70', Buffer.from('ffd8ffc3000b083e803e8001011100ffda0008010100010000ffd9', 'hex')),
    ];
    for (const bytes of files) {
      const used = await memoryOf(async () => expect(await errorOf(bytes)).toMatchObject({ code: 'DATA_MALFORMED' }));
      expect(used).toBeLessThan(2 ** 24);
    }
  });

  it('nests sequences 10,000 deep, with and without lengths', async () => {
    const open = Buffer.from('010001005351' + '0000ffffffff' + 'feff00e0ffffffff', 'hex'); // private, undefined length
    const deep = Buffer.concat([file([]), ...new Array<Buffer>(10_000).fill(open)]);
    expect(await errorOf(deep)).toMatchObject({ code: 'DATA_MALFORMED', message: expect.stringContaining('64 deep') });
    // What is in an element of unknown type has no types.
    const [first, implicit] = [Buffer.from(open), Buffer.from('01000100ffffffff' + 'feff00e0ffffffff', 'hex')];
    first.write('UN', 4);
    const unknown = Buffer.concat([file([]), first, ...new Array<Buffer>(10_000).fill(implicit)]);
    expect(await errorOf(unknown)).toMatchObject({
      code: 'DATA_MALFORMED',
      message: expect.stringContaining('64 deep'),
    });
    let inner: Part[] = [us(0x00280010, 1)];
    for (let depth = 0; depth < 100; depth++) inner = [[0x00283000, 'SQ', [inner]]];
    expect(await errorOf(file(inner))).toMatchObject({ message: expect.stringContaining('64 deep') });
    let sound: Part[] = [us(0x00280010, 1)];
    for (let depth = 0; depth < 60; depth++) sound = [[0x00089999, 'SQ', [sound]]];
    expect((await read(file([...sound, ...image(four)]))).pixels).toHaveLength(4);
  });
});

describe('lengths that lie', () => {
  const parts = image(four);
  const start = file([]).length;

  it('beyond the end are an error, wherever they are', async () => {
    const sound = file(parts);
    // The length of each element, one after the other, becomes the largest that its form has.
    for (let at = start; at < sound.length;) {
      const long = ['OB', 'OW', 'SQ'].includes(sound.toString('latin1', at + 4, at + 6));
      const length = long ? sound.readUInt32LE(at + 8) : sound.readUInt16LE(at + 6);
      const lying = Buffer.from(sound);
      if (long) lying.writeUInt32LE(0xfffffffe, at + 8);
      else lying.writeUInt16LE(0xfffe, at + 6);
      expect(await errorOf(lying), `${at}`).toMatchObject({ code: 'DATA_MALFORMED', subject: name });
      at += (long ? 12 : 8) + length;
    }
  });

  it('within a sequence reach no further than it', async () => {
    const sequence = file([[0x00283000, 'SQ', [[us(0x00283002, 1, 0, 8)]]], ...parts]);
    const at = sequence.indexOf(Buffer.from('28000230', 'hex')) + 6;
    sequence.writeUInt16LE(200, at);
    expect(await errorOf(sequence)).toMatchObject({ message: expect.stringContaining('in what it is part of') });
  });

  it('hide nothing behind the pixels: zeros to the end of a block are padding, others are an error', async () => {
    expect((await read(Buffer.concat([file(parts), Buffer.alloc(512)]))).pixels).toHaveLength(4);
    expect(await errorOf(Buffer.concat([file(parts), Buffer.from('rest')]))).toMatchObject({ code: 'DATA_MALFORMED' });
  });
});

it('says nothing of what elements hold, whatever goes wrong', async () => {
  const secret = 'SECRET7';
  const holding = (more: readonly Part[]) => file([...image(four, more)]);
  const wrong = [
    holding([[0x00280004, 'CS', secret.toLowerCase()]]),
    holding([[0x00280008, 'IS', secret]]),
    holding([[0x00281053, 'DS', secret]]),
    holding([[0x00080060, 'CS', secret], us(0x00280010, 3)]),
    file([
      [0x00080060, 'CS', secret],
      [0x00100010, 'PN', secret],
    ]),
    file(image(four), secret),
    file([[0x00100010, 'PN', secret]]).subarray(0, -3),
  ];
  for (const bytes of wrong) {
    const error = await errorOf(bytes);
    expect(error).toMatchObject({ name: 'FedwardError', code: expect.any(String) });
    expect(error!.message.toLowerCase()).not.toContain('secret');
  }
  const tags = readDicomTags({ name, bytes: holding([[0x00281053, 'DS', secret]]) }, ['RescaleSlope']);
  await expect(tags).rejects.toThrow(/^a\.dcm: element \(0028,1053\) is not a number$/);
});
