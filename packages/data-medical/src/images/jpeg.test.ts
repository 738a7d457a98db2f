import { describe, expect, it } from 'vitest';
import { readJpeg } from '../index.js';
import { adobe, flatJpeg, jfif } from './testing/encode.js';

const name = 'a.jpg';

describe('readJpeg', () => {
  it('reads grey and colour, as their markers say', async () => {
    const grey = await readJpeg(name, flatJpeg([40]));
    expect(grey).toEqual({ height: 8, width: 8, channels: 1, depth: 8, values: new Uint8Array(64).fill(168) });
    const ycbcr = await readJpeg(name, flatJpeg([40, 0, 40], jfif));
    // ITU-R BT.601 of 168, 128, 168: 168 + 1.402 * 40, 168 - 0.714136 * 40, 168.
    expect([...ycbcr.values.subarray(0, 3)]).toEqual([224, 139, 168]);
    expect(ycbcr.channels).toBe(3);
    const rgb = await readJpeg(name, flatJpeg([40, 0, 40], adobe(0)));
    expect([...rgb.values.subarray(0, 3)]).toEqual([168, 128, 168]);
  });

  it('refuses what is cut short anywhere, or is none', async () => {
    const whole = flatJpeg([40, -33, 0], jfif);
    for (let length = 0; length < whole.length; length++)
      await expect(readJpeg(name, whole.subarray(0, length)), `${length}`).rejects.toMatchObject({
        code: 'DATA_MALFORMED',
        subject: name,
      });
  });

  it('reads grey of 12 bits, and takes data that end too early for an error', async () => {
    const whole = flatJpeg([-40], [], 0xc1, 12);
    const picture = await readJpeg(name, whole);
    expect(picture).toEqual({ height: 8, width: 8, channels: 1, depth: 12, values: new Uint16Array(64).fill(2008) });
    // Nine bits of data in two bytes: one of them lost, and the end still there.
    const lost = Buffer.concat([whole.subarray(0, -3), whole.subarray(-2)]);
    await expect(readJpeg(name, lost)).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    const large = whole.slice();
    large.set([0x10, 0, 0x10, 0], whole.indexOf(0xc1) + 4);
    await expect(readJpeg(name, large)).rejects.toMatchObject({ message: expect.stringContaining('cut short') });
    const without = Buffer.from(whole);
    without[whole.indexOf(0xdb) + 3] = 1; // its only table of quantization is another
    await expect(readJpeg(name, without)).rejects.toMatchObject({ message: expect.stringContaining('lack a table') });
  });

  it('refuses other kinds by name, a second image, and scans without end', async () => {
    const whole = flatJpeg([40]);
    const frameAt = whole.indexOf(0xc0);
    for (const [colours, frame] of [
      [[40, 0, 0], 0xc1],
      [[40], 0xc2],
    ] as const)
      await expect(readJpeg(name, flatJpeg(colours, [], frame, 12))).rejects.toMatchObject({
        code: 'FILE_INVALID',
        message: expect.stringContaining('12 bits'),
      });
    await expect(readJpeg(name, flatJpeg([40], [], 0xc9))).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('SOF9'),
    });
    await expect(readJpeg(name, flatJpeg([40, 0, 0, 0]))).rejects.toMatchObject({ code: 'FILE_INVALID' });
    await expect(readJpeg(name, whole, 63)).rejects.toMatchObject({ code: 'FILE_INVALID' });
    const frame = whole.subarray(frameAt - 1, frameAt + 12);
    await expect(readJpeg(name, Buffer.concat([whole.subarray(0, 2), frame, whole.subarray(2)]))).rejects.toMatchObject(
      {
        code: 'DATA_MALFORMED',
        message: expect.stringContaining('second image'),
      },
    );
    const scan = whole.subarray(whole.indexOf(0xda) - 1, -2);
    const many = Buffer.concat([whole.subarray(0, -2), ...new Array<Uint8Array>(64).fill(scan), whole.subarray(-2)]);
    await expect(readJpeg(name, many)).rejects.toMatchObject({ message: expect.stringContaining('65 scans') });
  });

  it('takes no memory for a size that the data do not have room for', async () => {
    const whole = flatJpeg([40]);
    const size = whole.indexOf(0xc0) + 4;
    const huge = whole.slice();
    huge.set([0xff, 0xff, 0xff, 0xff], size);
    await expect(readJpeg(name, huge)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});
