import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDicom, readDicomTags, readDicomWaveforms, type DicomKeyword } from '../index.js';

const dataDir = process.env['FEDWARD_DATA'];

interface ExpectedPixels {
  shape: number[];
  dtype: 'int16' | 'uint16' | 'uint8' | 'uint32';
  min: number;
  max: number;
  mean: number;
  md5_little_endian: string;
  first8: number[];
}
interface Expected {
  bytes: number;
  transferSyntaxUID: string | null;
  pixels?: ExpectedPixels;
  pixels_error?: string;
  waveforms?: { channels: number; samples: number; hz: number; first5_channel0: number[]; mean: number }[];
  [keyword: string]: unknown;
}

const types = { int16: Int16Array, uint16: Uint16Array, uint8: Uint8Array, uint32: Uint32Array };
/**
 * Decoders of these may differ by a unit, as the folder's README says. The mean differs most for JPGExtended.dcm, by 0.0139:
 * its inverse transform is exact here, and of integers there.
 */
const lossy = ['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.51', '1.2.840.10008.1.2.4.91'];
const others = ['bytes', 'transferSyntaxUID', 'pixels', 'pixels_error', 'waveforms'];

const closeTo = (found: number, wanted: number, within: number) =>
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(within);

/** What pydicom reads of 31 files (see the folder's README): every value of `expected.json`. */
describe.skipIf(!dataDir)('DICOM files of pydicom (needs FEDWARD_DATA)', () => {
  const folder = join(dataDir ?? '', 'dicom');
  let files: [name: string, expected: Expected][];
  beforeAll(async () => {
    files = Object.entries(
      (JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as { files: Record<string, Expected> }).files,
    );
    expect(files).toHaveLength(31);
  });

  it('have the tags that they should', async () => {
    let values = 0;
    for (const [name, expected] of files) {
      const keywords = Object.keys(expected).filter((key) => !others.includes(key)) as DicomKeyword[];
      const found = await readDicomTags(join(folder, name), [...keywords, 'TransferSyntaxUID']);
      expect((await readFile(join(folder, name))).length, name).toBe(expected.bytes);
      expect(found.TransferSyntaxUID ?? null, name).toBe(expected.transferSyntaxUID);
      for (const keyword of keywords) expect(found[keyword], `${name} ${keyword}`).toEqual(expected[keyword]);
      values += keywords.length + 2;
    }
    expect(values).toBeGreaterThan(400);
  });

  it('have the pixels that they should, lossless ones bit by bit', async () => {
    const read = files.filter(([, { pixels }]) => pixels);
    expect(read).toHaveLength(26);
    for (const [name, { transferSyntaxUID, pixels: wanted, ...tags }] of read) {
      const { shape, dtype, min, max, mean, first8, md5_little_endian: md5 } = wanted!;
      const image = await readDicom(join(folder, name), { values: 'stored' });
      const { frames, rows, columns, channels, pixels } = image;
      expect([frames, rows, columns, channels], name).toEqual([
        tags['NumberOfFrames'] ?? 1,
        tags['Rows'],
        tags['Columns'],
        tags['SamplesPerPixel'],
      ]);
      expect(shape).toEqual([...(frames > 1 ? [frames] : []), rows, columns, ...(channels > 1 ? [channels] : [])]);
      const unit = lossy.includes(transferSyntaxUID!) ? 1 : 0;
      let [low, high, sum] = [Infinity, -Infinity, 0];
      for (let i = 0; i < pixels.length; i++) {
        const value = pixels[i]!;
        if (value < low) low = value;
        if (value > high) high = value;
        sum += value;
      }
      closeTo(low, min, unit);
      closeTo(high, max, unit);
      closeTo(sum / pixels.length, mean, unit * 0.015 + 1e-9);
      first8.forEach((value, i) => closeTo(pixels[i]!, value, unit));
      const stored = types[dtype].from(pixels);
      expect(stored.findIndex((value, i) => value !== pixels[i])).toBe(-1);
      if (unit === 0) expect(createHash('md5').update(Buffer.from(stored.buffer)).digest('hex'), name).toBe(md5);
      expect(image).toMatchObject({
        modality: tags['Modality'],
        photometric: tags['PhotometricInterpretation'],
        bitsStored: tags['BitsStored'],
        signed: tags['PixelRepresentation'] === 1,
        transferSyntax: transferSyntaxUID,
      });
      if (tags['PixelSpacing']) expect(image.pixelSpacing).toEqual(tags['PixelSpacing']);
      const windows = [tags['WindowCenter'] ?? []].flat().map((center, i) => {
        return { center, width: [tags['WindowWidth']].flat()[i], shape: 'linear' };
      });
      expect(image.windows).toEqual(windows);
    }
  });

  it('have the waveforms that they should', async () => {
    const [[name, { waveforms }]] = files.filter(([, expected]) => expected.waveforms) as [(typeof files)[0]];
    const found = await readDicomWaveforms(join(folder, name));
    expect(found).toHaveLength(2);
    found.forEach(({ samples, channels, frequency, values }, i) => {
      const wanted = waveforms![i]!;
      expect([channels.length, samples, frequency]).toEqual([wanted.channels, wanted.samples, wanted.hz]);
      wanted.first5_channel0.forEach((value, sample) => expect(values[sample * 12]).toBe(value));
      expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(wanted.mean, 4);
      expect(channels[0]!.unit).toBe('uV');
      expect(channels.map((channel) => channel.name).every((code) => code !== undefined)).toBe(true);
    });
  });

  it('are refused where they hold no image, or one that is cut short', async () => {
    const errorOf = (name: string) => readDicom(join(folder, name)).catch((error: Error & { code: string }) => error);
    for (const [name, code, words] of [
      ['MR_truncated.dcm', 'DATA_MALFORMED', '8192 bytes at byte 1500, and 8130 are left'],
      ['test-SR.dcm', 'FILE_INVALID', 'structured report'],
      ['waveform_ecg.dcm', 'FILE_INVALID', 'waveforms'],
      ['nested_priv_SQ.dcm', 'FILE_INVALID', 'no image'],
    ]) {
      const error = await errorOf(name!);
      expect(error, name).toMatchObject({ code, message: expect.stringContaining(words!) });
    }
    await expect(readDicomWaveforms(join(folder, 'CT_small.dcm'))).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('are the same image where the front of the file is not there', async () => {
    const { pixels, ...whole } = await readDicom(join(folder, 'CT_small.dcm'));
    const { pixels: found, ...rest } = await readDicom(join(folder, 'no_meta.dcm'));
    expect(rest).toEqual(whole);
    expect(Buffer.from(found.buffer).equals(Buffer.from(pixels.buffer))).toBe(true);
  });

  it('become Hounsfield units, doses and colours', async () => {
    const stored = await readDicom(join(folder, 'CT_small.dcm'), { values: 'stored' });
    const ct = await readDicom(join(folder, 'CT_small.dcm'));
    expect(ct.rescale).toEqual({ slope: 1, intercept: -1024 });
    expect(ct.pixels.findIndex((value, i) => value !== stored.pixels[i]! - 1024)).toBe(-1);
    const dose = await readDicom(join(folder, 'rtdose_1frame.dcm'));
    expect(dose.unit).toBe('RELATIVE');
    expect(dose.pixels[0]).toBeCloseTo(1249000 * dose.rescale.slope!, 6);
    const palette = await readDicom(join(folder, 'examples_palette.dcm'));
    expect([palette.channels, palette.pixels.length]).toEqual([3, 350 * 800 * 3]);
    const crSource = join(folder, 'RG3_J2KI.dcm');
    const [cr, turned] = [await readDicom(crSource), await readDicom(crSource, { invertMonochrome1: true })];
    expect(turned.pixels.findIndex((value, i) => value !== 1023 - cr.pixels[i]!)).toBe(-1);
  });
});
