import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWfdbHeader } from './header.js';
import { readWfdbRecord } from './record.js';
import { checksum, pack } from './testing/pack.js';

describe('WFDB headers and the files that they name', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-wfdb-'))));
  afterAll(() => rm(folder, { recursive: true }));
  const write = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<string> => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return join(folder, Object.keys(files)[0]!);
  };

  it('fills in what a header leaves out', async () => {
    const header = await readWfdbHeader(
      await write({ 'a.hea': '# of somebody\nx 2\n\n x.dat 16\nx.dat 16 1e2/uV\r\n#end' }),
    );
    expect(header).toMatchObject({
      ...{ name: 'x', frequency: 250, counterFrequency: 250, baseCounter: 0, length: undefined, signalCount: 2 },
      ...{ comments: ['of somebody', 'end'], segments: undefined, layout: undefined, time: undefined },
    });
    expect(header.signals[0]).toEqual({
      ...{ name: 'signal 1', file: join(folder, 'x.dat'), format: 16, samplesPerFrame: 1, skew: 0, byteOffset: 0 },
      ...{ gain: 200, calibrated: false, baseline: 0, units: 'mV', resolution: 0, initial: 0, checksum: undefined },
    });
    expect(header.signals[1]).toMatchObject({ name: 'signal 2', gain: 100, calibrated: true, units: 'uV' });
  });

  it('reads every field', async () => {
    const line = 'x.dat 212x4:3+24 20.5(-1600)/mmHg 12 100 -242 -18875 0  arterial  pressure, left';
    const header = await readWfdbHeader(
      await write({ 'a.hea': `x 1 62.4725/999.56(-12.5) 14400 8:26:04.5 26/10/1994\n${line}\n` }),
    );
    expect(header).toMatchObject({
      ...{ frequency: 62.4725, counterFrequency: 999.56, baseCounter: -12.5, length: 14_400 },
      ...{ time: '8:26:04.5', date: '26/10/1994' },
    });
    expect(header.signals[0]).toEqual({
      ...{ name: 'arterial  pressure, left', file: join(folder, 'x.dat'), format: 212, samplesPerFrame: 4, skew: 3 },
      ...{ byteOffset: 24, gain: 20.5, calibrated: true, baseline: -1600, units: 'mmHg', resolution: 12 },
      ...{ initial: -242, checksum: 0x1_0000 - 18_875 },
    });
  });

  it('finds the length by the files where the header leaves it open, and a signal that is stored nowhere is missing', async () => {
    const file = await write({
      'a.hea': 'a 3\na.dat 212\na.dat 212\n~ 0 100/uV\n',
      'a.dat': pack(212, [1, 2, 3, 4, 5, 6]),
    });
    const { signals, length, files, verified } = await readWfdbRecord(file);
    expect([length, verified]).toEqual([3, false]);
    expect(signals.map(({ digital }) => Array.from(digital!))).toEqual([
      [1, 3, 5],
      [2, 4, 6],
      [0, 0, 0].map(() => -(2 ** 31)),
    ]);
    expect(Array.from(signals[2]!.values)).toEqual([NaN, NaN, NaN]);
    expect(files).toEqual([file, join(folder, 'a.dat')]);
  });

  it.each([
    ['../a.dat'],
    ['..\\a.dat'],
    ['b/../../a.dat'],
    ['/etc/passwd'],
    ['C:\\a.dat'],
    ['c:a.dat'],
    ['//host/a.dat'],
    ['b/./a.dat'],
    ['a\u0001.dat'],
  ])('refuses the file name %s, of a signal and of a segment', async (name) => {
    for (const text of [`x 1 1 1\n${name} 16\n`, `x/1 1 1 1\n${name} 1\n`]) {
      const error = (await readWfdbHeader(await write({ 'a.hea': text })).catch((reason: unknown) => reason)) as Error;
      expect(error).toMatchObject({ code: 'DATA_MALFORMED', subject: join(folder, 'a.hea') });
      expect(error.message).toMatch(/line 2: it names a file that is not in its own folder/);
    }
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /empty/],
    ['comments alone', '# x\n', /empty/],
    ['a name alone', 'x\n', /line 1: a record line has/],
    ['no number of signals', 'x a\n', /line 1: the number of signals/],
    ['too many signals', 'x 99999999999\n', /line 1: more than 10000 signals/],
    ['too many segments', 'x/99999999 1\n', /line 1: more than 1000000 segments/],
    ['fewer signals than it says', 'x 2\nx.dat 16\n', /says 2 signals, 1 follow/],
    ['more signals than it says', 'x 1\nx.dat 16\nx.dat 16\n', /says 1 signals, 2 follow/],
    ['a frequency of 0', 'x 1 0\nx.dat 16\n', /line 1: a frequency/],
    ['a frequency of none', 'x 1 nan\nx.dat 16\n', /line 1: the sampling frequency/],
    ['a frequency that is infinite', 'x 1 1e999\nx.dat 16\n', /line 1: the sampling frequency/],
    ['a negative length', 'x 1 1 -5\nx.dat 16\n', /line 1: the number of samples/],
    ['an unknown format', 'x 1 1 1\nx.dat 17\n', /line 2: signals in format 17 are not read; those in 8, 16/],
    ['a format of words', 'x 1 1 1\nx.dat sixteen\n', /line 2: the format/],
    ['no samples in a frame', 'x 1 1 1\nx.dat 16x0\n', /line 2: the number of samples a frame/],
    ['very many samples in a frame', 'x 1 1 1\nx.dat 16x100000000\n', /line 2: more than 100000 samples a frame/],
    ['a gain of words', 'x 1 1 1\nx.dat 16 a/mV\n', /line 2: the gain/],
    ['a checksum of words', 'x 1 1 1\nx.dat 16 1/mV 12 0 0 a\n', /line 2: the checksum/],
    ['format 0 for a file', 'x 1 1 1\nx.dat 0\n', /line 2: format 0/],
    ['a sum of segments that is another', 'x/2 1 1 5\na 2\nb 2\n', /says 5 samples, the segments have 4/],
    ['a segment of no length', 'x/1 1 1 5\na -5\n', /line 2: the number of samples/],
    ['bytes', 'x 1\0\0\0', /not text/],
  ])('refuses a header with %s', async (_, text, message) => {
    const error = (await readWfdbHeader(await write({ 'a.hea': text })).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'DATA_MALFORMED', subject: join(folder, 'a.hea') });
    expect(error.message).toMatch(message);
  });

  it.each<[string, string, RegExp]>([
    [
      'is longer than its file',
      'x 1 1 4\nx.dat 16\n',
      /x\.dat: it has 6 bytes, its header's 4 samples take 8: it was cut short/,
    ],
    ['is as long as no file', 'x 1 1 9007199254740991\nx.dat 16\n', /read a part of it/],
    ['begins behind its file', 'x 1 1 1\nx.dat 16+9007199254740991\n', /cut short/],
    ['has another checksum', 'x 1 1 3\nx.dat 16 1 0 0 1 7\n', /signal 1 has another checksum/],
    ['has two formats in one file', 'x 2 1 1\nx.dat 16\nx.dat 80\n', /one format/],
    ['has two offsets in one file', 'x 2 1 1\nx.dat 16+1\nx.dat 16+2\n', /one byte offset/],
    ['has a file in two places', 'x 3 1 1\nx.dat 16\ny.dat 16\nx.dat 16\n', /stand together/],
    ['says FLAC of what is none', 'x 1 1 1\nx.dat 516\n', /no FLAC/],
    ['has FLAC and no length', 'x 1\nx.dat 516\n', /must say how many samples/],
    ['has many wide frames', `x 12 1\n${'x.dat 16x99999\n'.repeat(12)}`, /in a frame are not read/],
  ])('refuses a record that %s', async (_, text, message) => {
    const file = await write({ 'a.hea': text, 'x.dat': pack(16, [1, 2, 3]), 'y.dat': pack(16, [1, 2, 3]) });
    const error = (await readWfdbRecord(file).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'DATA_MALFORMED' });
    expect(error.message).toMatch(message);
  });

  it('takes a byte offset that stands with the first signal of a file alone', async () => {
    const file = await write({ 'a.hea': 'x 2 1 2\nx.dat 16+2\nx.dat 16\n', 'x.dat': pack(16, [9, 1, 2, 3, 4]) });
    const { signals } = await readWfdbRecord(file);
    expect(signals.map(({ digital }) => Array.from(digital!))).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('reads a part of a record whose checksum is another, or all of it where told', async () => {
    const file = await write({ 'a.hea': 'x 1 1 3\nx.dat 16 1 0 0 1 7\n', 'x.dat': pack(16, [1, 2, 3]) });
    expect((await readWfdbRecord(file, { to: 2 })).verified).toBe(false);
    expect((await readWfdbRecord(file, { verify: false })).verified).toBe(false);
    await write({ 'a.hea': `x 1 1 3\nx.dat 16 1 0 0 1 ${checksum([1, 2, 3])}\n` });
    expect((await readWfdbRecord(file)).verified).toBe(true);
  });

  it('refuses segments that lie', async () => {
    const segment = (name: string, length: number): string => `${name} 1 250 ${length}\nx.dat 16 1/mV 0 0 1 6 0 II\n`;
    const files = {
      's.hea': segment('s', 3),
      'other.hea': segment('other', 3).replace('II', 'V'),
      'x.dat': pack(16, [1, 2, 3]),
    };
    const read = async (text: string) => readWfdbRecord(await write({ 'm.hea': text, ...files }));
    expect(Array.from((await read('m/3 1 250\ns 3\n~ 2\ns 3\n')).signals[0]!.values)).toEqual([
      1,
      2,
      3,
      NaN,
      NaN,
      1,
      2,
      3,
    ]);
    for (const [text, message] of [
      ['m/1 1 250\ns 4\n', /has 3 samples, its record says 4/],
      ['m/1 2 250\ns 3\n', /has 1 signals, its record says 2/],
      ['m/1 1 125\ns 3\n', /another sampling frequency/],
      ['m/2 1 250\ns 3\nother 3\n', /other signals than/],
      ['m/1 1 250\nm 3\n', /has segments itself/],
      ['m/1 1 250\n~ 3\n', /all its segments are gaps/],
      ['m/2 1 250\ns 3\n~ 9007199254740000\n', /read a part of it/],
    ] as const)
      await expect(read(text)).rejects.toThrow(message);
  });

  it('says what of a record is not there', async () => {
    const file = await write({
      'a.hea': 'x 2 1 3\nx.dat 16 1/mV 0 0 1 6 0 II\nx.dat 16\n',
      'x.dat': pack(16, [1, 2, 3, 4, 5, 6]),
    });
    const cases = [
      [{ channels: ['V'] }, 'CONFIG_INCOMPATIBLE', /has no signal V: it has II, signal 2/],
      [{ channels: [2] }, 'CONFIG_INCOMPATIBLE', /has no signal 2/],
      [{ from: 3 }, 'CONFIG_INVALID', /has 3 frames/],
      [{ to: 4 }, 'CONFIG_INVALID', /has 3 frames/],
      [{ from: -1 }, 'CONFIG_INVALID', /from/],
      [{ mostSamples: 5 }, 'DATA_MALFORMED', /6 samples at once, at most 5/],
    ] as const;
    for (const [options, code, message] of cases)
      await expect(readWfdbRecord(file, options)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message) as string,
      });
    await write({ 'a.hea': 'x 2 1 3\nx.dat 16 1/mV 0 0 1 6 0 II\nx.dat 16 1/mV 0 0 1 6 0 II\n' });
    await expect(readWfdbRecord(file, { channels: ['II'] })).rejects.toThrow(/more than one signal II/);
    await expect(readWfdbRecord(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await rm(join(folder, 'x.dat'));
    await expect(readWfdbRecord(file)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      subject: join(folder, 'x.dat'),
    });
    await write({ 'a.hea': 'x 0 1 3\n' });
    await expect(readWfdbRecord(file)).rejects.toMatchObject({ code: 'DATA_EMPTY' });
  });
});
