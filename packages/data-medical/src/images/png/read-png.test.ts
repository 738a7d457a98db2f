import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { readPng } from '../../index.js';
import { chunk, header, png, signature } from '../testing/png.js';

const name = 'a.png';
const read = (bytes: Uint8Array, most?: number) => readPng(name, bytes, most);

describe('readPng', () => {
  it('reads what another library writes: grey and colour, 8 and 16 bits', async () => {
    const images = fc.record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      channels: fc.constantFrom(1, 3, 2, 4),
      depth: fc.constantFrom(8, 16),
      seed: fc.infiniteStream(fc.nat(65_535)),
    });
    await fc.assert(
      fc.asyncProperty(images, async ({ seed, width, height, channels, depth }) => {
        const values = Array.from({ length: width * height * channels }, () => seed.next().value as number);
        if (channels % 2 === 0) values[channels - 1] = 1; // not opaque
        const data = depth === 16 ? Uint16Array.from(values) : Uint8Array.from(values);
        const bytes = encode({ width, height, channels, depth: depth as 8 | 16, data });
        expect(await read(bytes)).toEqual({ width, height, channels, depth, values: data });
      }),
      { numRuns: 50 },
    );
  });

  it('undoes each filter, by the byte of the pixel at the left, above, and at the corner', async () => {
    // PNG, third edition, section 9.2, by hand. Three columns of grey; Sub, Up, Average, Paeth.
    const rows = Uint8Array.of(1, 10, 5, 250, 2, 1, 1, 1, 3, 10, 0, 7, 4, 3, 1, 1);
    const { values } = await read(png(header(3, 4, 8, 0), rows));
    // 10 15 9 | 11 16 10 | 10+5, 0+(15+16>>1), 7+(15+10>>1) | paeth: up 15; of 18, 15, 15: 18; of 19, 19, 15: 19
    expect([...values]).toEqual([10, 15, 9, 11, 16, 10, 15, 15, 19, 18, 19, 20]);
  });

  it('has one more look at Paeth: left, up, corner, in this order where they are as near', async () => {
    const rows = Uint8Array.of(0, 50, 20, 90, 4, 0, 0, 0);
    // row 2: first: up 50. second: left 50, up 20, corner 50: p = 20: up. third: left 20, up 90, corner 20: p = 90: up.
    expect([...(await read(png(header(3, 2, 8, 0), rows))).values].slice(3)).toEqual([50, 20, 90]);
    const tie = Uint8Array.of(0, 10, 20, 4, 5, 0);
    // second: left 15, up 20, corner 10: p = 25: up is nearer.
    expect([...(await read(png(header(2, 2, 8, 0), tie))).values].slice(2)).toEqual([15, 20]);
    const corner = Uint8Array.of(0, 20, 10, 4, 246, 0);
    // first: 246 + 20 wraps to 10; second: left 10, up 10, corner 20: p = 0: left, which is up as well.
    expect([...(await read(png(header(2, 2, 8, 0), corner))).values].slice(2)).toEqual([10, 10]);
  });

  it('reads fewer bits than 8 from the highest on, each row from a byte of its own', async () => {
    const one = await read(png(header(3, 2, 1, 0), Uint8Array.of(0, 0b1010_0000, 0, 0b0110_0000)));
    expect(one).toEqual({ width: 3, height: 2, channels: 1, depth: 1, values: Uint8Array.of(1, 0, 1, 0, 1, 1) });
    const two = await read(png(header(3, 1, 2, 0), Uint8Array.of(0, 0b11_01_10_00)));
    expect([...two.values]).toEqual([3, 1, 2]);
    expect([...(await read(png(header(3, 1, 4, 0), Uint8Array.of(0, 0xf1, 0x70)))).values]).toEqual([15, 1, 7]);
  });

  it('puts the passes of Adam7 together, with few bits too', async () => {
    // 3 x 3: pass 1 (0,0); 4 (2,0); 5 (0,2) and (2,2); 6 (1,0) and (1,2); 7 the row 1. Passes 2 and 3 are empty.
    const rows = Uint8Array.of(0, 1, 0, 3, 0, 7, 9, 0, 2, 0, 8, 0, 4, 5, 6);
    expect([...(await read(png(header(3, 3, 8, 0, 1), rows))).values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const few = Uint8Array.of(0, 0x10, 0, 0x30, 0, 0x79, 0, 0x20, 0, 0x80, 0, 0x45, 0x60);
    expect([...(await read(png(header(3, 3, 4, 0, 1), few))).values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('has the colours of a palette, and an alpha only where something is transparent', async () => {
    const palette = chunk('PLTE', Uint8Array.of(1, 2, 3, 4, 5, 6));
    const rows = Uint8Array.of(0, 0b0100_0000);
    const plain = await read(png(header(2, 1, 1, 3), rows, [palette]));
    expect(plain).toEqual({ width: 2, height: 1, channels: 3, depth: 8, values: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    const clear = await read(png(header(2, 1, 1, 3), rows, [palette, chunk('tRNS', Uint8Array.of(7))]));
    expect([...clear.values]).toEqual([1, 2, 3, 7, 4, 5, 6, 255]);
    const grey = await read(png(header(2, 1, 8, 0), Uint8Array.of(0, 5, 6), [chunk('tRNS', Uint8Array.of(0, 6))]));
    expect(grey).toMatchObject({ channels: 2, values: Uint8Array.of(5, 255, 6, 0) });
    await expect(read(png(header(2, 1, 2, 3), Uint8Array.of(0, 0b10_00_0000), [palette]))).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
    });
    await expect(read(png(header(2, 1, 1, 3), rows))).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  });

  it('refuses what is no PNG file, and one that lies, wherever it is cut', async () => {
    await expect(read(Buffer.from('GIF89a, say'))).rejects.toMatchObject({ code: 'FILE_INVALID' });
    const whole = png(header(2, 2, 8, 0), Uint8Array.of(0, 1, 2, 0, 3, 4));
    for (let length = 8; length < whole.length; length++)
      await expect(read(whole.subarray(0, length)), `${length}`).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    const flipped = Buffer.from(whole);
    flipped[45]! ^= 1;
    const wrong = [
      flipped,
      png(header(0, 2, 8, 0), Uint8Array.of(0)),
      png(header(2, 2, 3, 0), Uint8Array.of(0)),
      png(header(2, 2, 8, 5), Uint8Array.of(0)),
      png(header(2, 2, 8, 0), Uint8Array.of(0, 1, 2, 0, 3)),
      png(header(2, 2, 8, 0), Uint8Array.of(0, 1, 2, 0, 3, 4, 5)),
      png(header(2, 2, 8, 0), Uint8Array.of(0, 1, 2, 9, 3, 4)),
      png(chunk('gAMA', Buffer.alloc(4)), Uint8Array.of(0)),
    ];
    for (const bytes of wrong)
      await expect(read(bytes)).rejects.toMatchObject({ code: 'DATA_MALFORMED', subject: name });
    await expect(read(png(header(1, 1, 8, 0), Uint8Array.of(0, 1), [chunk('NEWS', Buffer.alloc(1))]))).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_INVALID' }),
    );
  });

  it('stops a bomb at the size that its header declares, and a declared one before memory is taken', async () => {
    const zeros = deflateSync(new Uint8Array(2 ** 26)); // 64 MiB in 64 KiB
    const bomb = Buffer.concat([signature, header(10, 10, 8, 0), chunk('IDAT', zeros), chunk('IEND', Buffer.alloc(0))]);
    const before = process.memoryUsage().arrayBuffers;
    await expect(read(bomb)).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    await expect(read(png(header(65_535, 65_535, 8, 6), Uint8Array.of(0)))).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('65535 x 65535 x 4'),
    });
    await expect(read(png(header(16_000, 16_000, 8, 0), Uint8Array.of(0)))).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
    await expect(read(png(header(2, 2, 8, 0), Uint8Array.of(0, 1, 2, 0, 3, 4)), 3)).rejects.toMatchObject({
      code: 'FILE_INVALID',
    });
  });
});
