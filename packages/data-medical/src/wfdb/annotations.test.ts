import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWfdbAnnotations } from './annotations.js';

const dataDir = process.env['FEDWARD_DATA'];

/** Counts of what comes up. */
const tally = (symbols: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const symbol of symbols) counts[symbol] = (counts[symbol] ?? 0) + 1;
  return counts;
};

describe.skipIf(!dataDir)('readWfdbAnnotations on real files (needs FEDWARD_DATA)', () => {
  const read = async (name: string) => readWfdbAnnotations(join(dataDir!, name));

  it('has the beats that MIT-BIH publishes for 100 and 113', async () => {
    const first = (await read('mit-bih/100.atr')).annotations;
    expect(tally(first.map(({ symbol }) => symbol))).toEqual({ '+': 1, N: 2239, A: 33, V: 1 });
    expect(first.at(-1)!.sample).toBe(649_991);
    expect(first[0]).toEqual({ sample: 18, code: 28, symbol: '+', subtype: 0, channel: 0, number: 0, text: '(N' });
    const second = (await read('mit-bih/113.atr')).annotations;
    expect(tally(second.map(({ symbol }) => symbol))).toEqual({ '+': 1, N: 1789, a: 6 });
    expect(second.at(-1)!.sample).toBe(649_994);
  });

  it('has the notes of a tilt table study', async () => {
    const { annotations } = await read('wfdb-formats/12726.anI');
    expect(annotations).toHaveLength(22);
    expect(annotations[0]).toMatchObject({ sample: 87_240, symbol: '"', channel: 255, text: 'Initiate slow tilt up' });
    expect(annotations[6]).toMatchObject({ sample: 263_047, text: 'Movement artifacts' });
    expect(annotations.at(-1)).toMatchObject({ sample: 769_963, text: 'Conclude rapid tilt down' });
  });

  it('takes the symbols that a file defines itself, and goes back where a skip says so', async () => {
    const { annotations, definitions } = await read('wfdb-formats/1003.atr');
    expect(definitions).toHaveLength(6);
    expect(definitions[0]).toEqual({ code: 15, symbol: 'c', description: 'calibration pulse' });
    expect(annotations.slice(0, 3).map(({ sample }) => sample)).toEqual([73, 306, 541]);
    expect(annotations.some(({ text }) => text.startsWith('##'))).toBe(false);
  });
});

describe('readWfdbAnnotations', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-wfdb-'))));
  afterAll(() => rm(folder, { recursive: true }));
  const word = (code: number, rest: number): number[] => [rest & 0xff, (code << 2) | (rest >> 8)];
  const note = (text: string): number[] => [
    ...word(63, text.length),
    ...Buffer.from(text),
    ...(text.length % 2 ? [0] : []),
  ];
  const readBytes = async (...bytes: number[]) => {
    const file = join(folder, 'made.atr');
    await writeFile(file, Uint8Array.from(bytes));
    return readWfdbAnnotations(file);
  };

  it('keeps channel and number until they change, a subtype for one annotation alone', async () => {
    const { annotations } = await readBytes(
      ...[...word(1, 10), ...word(62, 3), ...word(60, 1023), ...word(61, 5)],
      ...[...word(5, 20), ...note('odd')],
      ...[...word(59, 0), 1, 0, 2, 0, ...word(42, 1), ...word(62, 0)],
      ...[0, 0],
    );
    expect(annotations).toEqual([
      { sample: 10, code: 1, symbol: 'N', subtype: 5, channel: 3, number: -1, text: '' },
      { sample: 30, code: 5, symbol: 'V', subtype: 0, channel: 3, number: -1, text: 'odd' },
      { sample: 30 + 65_538 + 1, code: 42, symbol: '[42]', subtype: 0, channel: 0, number: -1, text: '' },
    ]);
  });

  it('knows a time resolution of its own', async () => {
    const { frequency, annotations } = await readBytes(
      ...word(22, 0),
      ...note('## time resolution: 999.56'),
      ...word(1, 7),
      0,
      0,
    );
    expect(frequency).toBe(999.56);
    expect(annotations.map(({ sample }) => sample)).toEqual([7]);
  });

  it.each<[string, number[], RegExp]>([
    ['without an end mark', word(1, 10), /cut short/],
    ['cut in a word', [...word(1, 10), 3], /cut short/],
    ['cut in a note', [...word(1, 10), ...word(63, 100), 65, 0], /beyond the end/],
    ['cut in a skip', [...word(1, 10), ...word(59, 0), 1, 0], /cut short/],
    ['that goes on after its end', [...word(1, 10), 0, 0, ...word(1, 10)], /after its end mark/],
    ['with a code of none', [...word(1, 1), ...word(53, 1), 0, 0], /a code that/],
    ['before the first sample', [...word(59, 0), 0xff, 0xff, 0, 0, ...word(1, 1), 0, 0], /before the first/],
    ['that begins with a note of nothing', [...note('x'), 0, 0], /before there is one/],
    ['in the AHA format', [0, 78, ...new Array<number>(14).fill(1)], /AHA/],
    ['whose definitions do not end', [...word(22, 0), ...note('## annotation type definitions'), 0, 0], /no end/],
  ])('refuses a file %s', async (_, bytes, message) => {
    const error = (await readBytes(...bytes).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'DATA_MALFORMED', subject: join(folder, 'made.atr') });
    expect(error.message).toMatch(message);
  });

  it('refuses a file that is empty or not there', async () => {
    await expect(readBytes()).rejects.toMatchObject({ code: 'DATA_EMPTY' });
    await expect(readWfdbAnnotations(join(folder, 'none.atr'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readWfdbAnnotations(folder)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});
