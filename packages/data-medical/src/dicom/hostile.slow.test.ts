import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { isFedwardError, Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { readDicom, readDicomTags, readDicomWaveforms } from '../index.js';
import { elements, file } from './testing/build.js';

const dataDir = process.env['FEDWARD_DATA'];
const seed = Number(process.env['FEDWARD_TEST_SEED']);
const name = 'a.dcm';
const read = (bytes: Uint8Array) => readDicom({ name, bytes });
const errorOf = (bytes: Uint8Array) =>
  read(bytes).then(
    () => undefined,
    (error: Error & { code?: string }) => error,
  );

describe('a file that wants to exhaust its reader', () => {
  it('has more elements than any object', async () => {
    const element = elements([[0x00090001, 'UN', '']]).subarray(0, 12);
    const many = Buffer.concat([file([]), Buffer.alloc(12 * (2 ** 20 + 1), element)]);
    expect(await errorOf(many)).toMatchObject({ message: expect.stringContaining('1048576 elements') });
  });

  it('is deflated, and would inflate to more than is allowed', async () => {
    const bomb = Buffer.concat([
      file([], '1.2.840.10008.1.2.1.99'),
      deflateRawSync(Buffer.alloc(2 ** 28 + 1), { level: 1 }),
    ]);
    expect(await errorOf(bomb)).toMatchObject({ code: 'DATA_MALFORMED' });
  });
});

describe.skipIf(!dataDir)('real files that were damaged (needs FEDWARD_DATA)', () => {
  const folder = join(dataDir ?? '', 'dicom');
  const digest = (pixels: Float32Array) => createHash('sha256').update(Buffer.from(pixels.buffer)).digest('hex');

  it.each(['CT_small.dcm', 'MR_small_RLE.dcm', 'MR_small_jp2klossless.dcm', 'examples_ybr_color.dcm'])(
    'by being cut short: %s, at every 100th byte',
    async (fileName) => {
      const whole = await readFile(join(folder, fileName));
      const wanted = digest((await read(whole)).pixels);
      let refused = 0;
      const step = whole.length > 100_000 ? 1000 : 100;
      for (let length = 0; length < whole.length; length += step) {
        const cut = whole.subarray(0, length);
        const result = await read(cut).then(
          ({ pixels }) => digest(pixels),
          (error: unknown) => (isFedwardError(error) ? undefined : error),
        );
        // Behind the pixels only padding may be gone.
        if (result === undefined) refused++;
        else expect(result, `${length}`).toBe(wanted);
      }
      expect(refused).toBeGreaterThan(0.98 * Math.floor(whole.length / step));
    },
  );

  it('by changed, lost and repeated bytes: an error of its own, or an image, and no more memory than that', async () => {
    const names = (await readdir(folder)).filter((entry) => entry.endsWith('.dcm')).sort();
    const outcomes = { read: 0, refused: 0 };
    for (const fileName of names) {
      const whole = await readFile(join(folder, fileName));
      const random = new Random(seed).fork(fileName);
      for (let run = 0; run < 12; run++) {
        const bytes = damaged(whole, random);
        const before = process.memoryUsage().arrayBuffers;
        for (const reader of [
          () => read(bytes),
          () => readDicomTags({ name, bytes }, ['PatientName', 'Rows', 'PixelSpacing']),
          () => readDicomWaveforms({ name, bytes }),
        ])
          await reader().then(
            () => outcomes.read++,
            (error: unknown) => {
              if (!isFedwardError(error)) throw new Error(`${fileName}, seed ${seed}, run ${run}`, { cause: error });
              outcomes.refused++;
            },
          );
        expect(process.memoryUsage().arrayBuffers - before, fileName).toBeLessThan(2 ** 28);
      }
    }
    // Neither of them would be a test.
    expect(outcomes.read).toBeGreaterThan(100);
    expect(outcomes.refused).toBeGreaterThan(100);
  });
});

/** A copy with some bytes changed, mostly in the front where the elements are, or a piece lost or repeated. */
function damaged(whole: Buffer, random: Random): Buffer {
  const within = random.uniform() < 0.7 ? Math.min(whole.length, 3000) : whole.length;
  const at = () => random.integer(0, within);
  if (random.uniform() < 0.3) {
    const [from, length] = [at(), random.integer(1, 64)];
    const piece = random.uniform() < 0.5 ? [] : [whole.subarray(from, from + 2 * length)];
    return Buffer.concat([whole.subarray(0, from), ...piece, whole.subarray(from + length)]);
  }
  const bytes = Buffer.from(whole);
  for (let i = random.integer(1, 12); i > 0; i--) bytes[at()] = random.integer(0, 256);
  return bytes;
}
