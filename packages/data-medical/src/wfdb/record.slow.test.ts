import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wfdbArray } from './array.js';
import { readWfdbRecord } from './record.js';
import type { WfdbSignal } from './record-types.js';

const dataDir = process.env['FEDWARD_DATA'];
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, x) => total + x, 0);

interface Expected {
  readonly fs: number;
  readonly sig_len: number;
  readonly n_sig: number;
  readonly sig_name: string[];
  readonly units: string[];
  readonly adc_gain: number[];
  readonly baseline: number[];
  readonly digital_first10: number[][];
  readonly digital_sum: number[];
  readonly digital_min_max: number[][];
  readonly invalid_samples: number[];
  readonly physical_mean: number[];
  readonly physical_nan: number[];
  readonly samples_per_frame?: number[];
  readonly all_frames?: { readonly n: number[]; readonly first10: number[][]; readonly sum: number[] };
}

/** Frame averages of digital values as Python wfdb has them: cut towards zero. */
const averaged = ({ digital, samplesPerFrame }: WfdbSignal): number[] =>
  Array.from({ length: digital!.length / samplesPerFrame }, (_, frame) =>
    Math.trunc(sum(digital!.subarray(frame * samplesPerFrame, (frame + 1) * samplesPerFrame)) / samplesPerFrame),
  );

/** Frames of which no sample is there. (Of one in 041s a single sample is missing, which wfdb takes into the average.) */
const missingFrames = ({ values, samplesPerFrame: n }: WfdbSignal): number =>
  values.filter((_, i) => i % n === 0 && values.subarray(i, i + n).every(Number.isNaN)).length;

/** The same numbers, bit by bit; of arrays that `toEqual` takes seconds for. */
const same = (a: Float32Array, b: Float32Array): boolean => {
  const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
    Buffer.from(buffer, byteOffset, byteLength);
  return bytesOf(a).equals(bytesOf(b));
};

describe.skipIf(!dataDir)('readWfdbRecord on real records (needs FEDWARD_DATA)', () => {
  const folder = join(dataDir ?? '', 'wfdb-formats');
  let expected: Readonly<Record<string, Expected>>;
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'fedward-wfdb-'));
    ({ records: expected } = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as {
      records: Record<string, Expected>;
    });
  });
  afterAll(() => rm(copy, { recursive: true }));

  it.each([
    'binformats',
    'flacformats',
    '310derive',
    '3000003_0003',
    'a103l',
    '100_3chan',
    'mixedsignals',
    'multi-segment/041s/041s',
  ])('%s has every value that Python wfdb 4.3.1 reads', async (name) => {
    const wanted = expected[name]!;
    const record = await readWfdbRecord(join(folder, name));
    const { signals } = record;
    expect(record.verified).toBe(true);
    expect(record).toMatchObject({ frequency: wanted.fs, length: wanted.sig_len, range: [0, wanted.sig_len] });
    expect(signals.map((signal) => signal.name)).toEqual(wanted.sig_name);
    expect(signals.map(({ units }) => units)).toEqual(wanted.units);
    expect(signals.map(({ gain }) => gain)).toEqual(wanted.adc_gain);
    expect(signals.map(({ baseline }) => baseline)).toEqual(wanted.baseline);
    signals.forEach((signal, i) => {
      const digital = averaged(signal);
      expect(digital).toHaveLength(wanted.sig_len);
      expect(digital.slice(0, 10)).toEqual(wanted.digital_first10[i]);
      expect(sum(digital)).toBe(wanted.digital_sum[i]);
      expect([Math.min(...digital), Math.max(...digital)]).toEqual(wanted.digital_min_max[i]);
      const missing = missingFrames(signal);
      expect(missing).toBe(wanted.physical_nan[i]);
      expect(missing).toBe(wanted.invalid_samples[i]);
      // Of the averages that wfdb has cut; so nearer than one unit of the converter where there are several.
      const physical = signal.values.filter((value) => !Number.isNaN(value));
      const tolerance =
        signal.samplesPerFrame > 1 ? 1 / signal.gain : 1e-6 * Math.max(1, Math.abs(wanted.physical_mean[i]!));
      expect(Math.abs(sum(physical) / physical.length - wanted.physical_mean[i]!)).toBeLessThan(tolerance);
    });
    if (wanted.all_frames) {
      expect(signals.map(({ samplesPerFrame }) => samplesPerFrame)).toEqual(wanted.samples_per_frame);
      expect(signals.map(({ frequency }) => frequency)).toEqual(wanted.samples_per_frame!.map((n) => n * wanted.fs));
      expect(signals.map(({ digital }) => digital!.length)).toEqual(wanted.all_frames.n);
      expect(signals.map(({ digital }) => Array.from(digital!.subarray(0, 10)))).toEqual(wanted.all_frames.first10);
      expect(signals.map(({ digital }) => sum(digital!))).toEqual(wanted.all_frames.sum);
    }
  });

  it('knows all records of expected.json', () => {
    expect(Object.keys(expected)).toHaveLength(8);
  });

  it('reads two real hours of beats: first samples and checksums of mit-bih are those of its headers', async () => {
    for (const [name, first] of [
      ['100', [995, 1011]],
      ['113', [932, 1050]],
    ] as const) {
      const record = await readWfdbRecord(join(dataDir!, 'mit-bih', name));
      expect(record).toMatchObject({ name, frequency: 360, length: 650_000, verified: true });
      expect(record.signals.map(({ digital }) => digital![0])).toEqual(first);
      expect(record.signals.map(({ values }) => values[0])).toEqual(first.map((x) => Math.fround((x - 1024) / 200)));
    }
  });

  it('moves a skewed signal forward, and what lies beyond its end is missing', async () => {
    for (const [from, to] of [
      ['wfdb-formats/100skew.hea', '100skew.hea'],
      ['mit-bih/100.dat', '100.dat'],
    ] as const)
      await cp(join(dataDir!, from), join(copy, to));
    const plain = await readWfdbRecord(join(dataDir!, 'mit-bih/100'));
    const skewed = await readWfdbRecord(join(copy, '100skew'));
    expect(skewed.verified).toBe(true); // of the whole file, what comes before sample 0 included
    expect(same(skewed.signals[0]!.values, plain.signals[0]!.values)).toBe(true);
    const [own, moved] = [plain.signals[1]!.values, skewed.signals[1]!.values];
    expect(same(moved.subarray(0, -3), own.subarray(3))).toBe(true);
    expect(Array.from(moved.subarray(-3))).toEqual([NaN, NaN, NaN]);
    const part = await readWfdbRecord(join(copy, '100skew'), { from: 101, to: 4000, channels: ['V5'] });
    expect(same(part.signals[0]!.values, moved.subarray(101, 4000))).toBe(true);
    const end = await readWfdbRecord(join(copy, '100skew'), { from: 649_990 });
    expect(same(end.signals[1]!.values, moved.subarray(649_990))).toBe(true);
  });

  it.each(['binformats', '310derive', '100_3chan', 'flacformats', 'mixedsignals', 'multi-segment/041s/041s'])(
    'a part of %s is that part of the whole',
    async (name) => {
      const whole = await readWfdbRecord(join(folder, name));
      for (const [from, to] of [
        [0, 1],
        [1, 2],
        [7, 300],
        [whole.length - 1, whole.length],
        [Math.floor(whole.length / 2) - 5, whole.length],
      ] as const) {
        const part = await readWfdbRecord(join(folder, name), { from, to });
        expect(part).toMatchObject({ range: [from, to], length: whole.length, verified: false });
        part.signals.forEach(({ values, digital, samplesPerFrame: n }, i) => {
          expect(same(values, whole.signals[i]!.values.subarray(from * n, to * n))).toBe(true);
          expect(digital!.length).toBe((to - from) * n);
        });
      }
    },
  );

  it('reads signals in the order that is asked for, and opens no file of others', async () => {
    const whole = await readWfdbRecord(join(folder, 'mixedsignals'));
    const { signals, files } = await readWfdbRecord(join(folder, 'mixedsignals'), { channels: ['Resp', 3] });
    expect(signals.map(({ name }) => name)).toEqual(['Resp', 'ABP']);
    [5, 3].forEach((place, i) => expect(same(signals[i]!.values, whole.signals[place]!.values)).toBe(true));
    expect(files).toEqual(
      ['hea', 'p', 'r'].map((end) => join(folder, end === 'hea' ? 'mixedsignals.hea' : `mixedsignals_${end}.dat`)),
    );
  });

  it('joins segments of variable layout: what a segment lacks and what a gap is, is missing', async () => {
    const file = join(folder, 'multi-segment/p000878/p000878-2137-10-26-16-57');
    const { signals, length, comments, files } = await readWfdbRecord(file, { from: 3700, to: 7500 });
    expect(length).toBe(52_725_000);
    expect(comments).toEqual(['Location: micu']);
    expect(signals.map(({ name }) => name)).toEqual(['PLETH', 'II', 'V', 'ABP']);
    expect(files).toHaveLength(6); // two headers of the record, and two of each segment with its file
    const one = await readWfdbRecord(join(folder, 'multi-segment/p000878/3269321_0001'));
    const two = await readWfdbRecord(join(folder, 'multi-segment/p000878/3269321_0002'));
    expect([one.verified, two.verified]).toEqual([true, true]);
    const gap = (n: number): Float32Array => new Float32Array(n).fill(NaN);
    const joined = (...parts: Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((part) => [...part]));
    const [ii, pleth] = two.signals;
    expect(same(signals[0]!.values, joined(gap(50), one.signals[0]!.values, pleth!.values))).toBe(true);
    expect(same(signals[1]!.values, joined(gap(50), gap(2000), ii!.values))).toBe(true);
    for (const signal of signals.slice(2)) expect(same(signal.values, gap(3800))).toBe(true);
    // The first samples of both are coded as missing: -128 in format 80.
    expect([one.signals[0]!.values[0], ii!.values[0], pleth!.values[0]]).toEqual(
      [NaN, NaN, (4 + 128) / 255].map(Math.fround),
    );
    // The third segment is not here.
    await expect(readWfdbRecord(file, { from: 7000, to: 7501 })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readWfdbRecord(file)).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      message: expect.stringContaining('read a part of it') as string,
    });
  });

  it('averages the samples of a frame that are there', async () => {
    const cell = await wfdbArray(join(folder, 'mixedsignals'), { channels: ['II', 'Resp'], from: 1000, samples: 500 });
    const [lead, resp] = (
      await readWfdbRecord(join(folder, 'mixedsignals'), { channels: ['II', 'Resp'], from: 1000, to: 1500 })
    ).signals;
    expect(cell.shape).toEqual([500, 2]);
    for (const frame of [0, 250, 499]) {
      expect(cell.values[2 * frame]).toBeCloseTo(sum(lead!.values.subarray(4 * frame, 4 * frame + 4)) / 4, 6);
      expect(cell.values[2 * frame + 1]).toBe(resp!.values[frame]);
    }
  });
});
