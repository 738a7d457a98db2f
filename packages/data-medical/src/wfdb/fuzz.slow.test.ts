import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFedwardError, Random } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWfdbAnnotations } from './annotations.js';
import { readWfdbRecord } from './record.js';

const dataDir = process.env['FEDWARD_DATA'];
const seed = process.env['FEDWARD_TEST_SEED'] ?? '1';

/** Bytes that were damaged: some are others, a part is gone, or comes twice; in a header also other numbers. */
function damaged(bytes: Uint8Array, random: Random, isText: boolean): Uint8Array {
  const at = random.integer(0, bytes.length);
  const kind = random.integer(0, isText ? 5 : 4);
  if (kind === 0) return bytes.subarray(0, at);
  if (kind === 1)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(at + random.integer(1, 20), bytes.length))]);
  if (kind === 2) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 20))]);
  if (kind === 3) {
    const copy = bytes.slice();
    for (let i = random.integer(1, 4); i > 0; i--) copy[random.integer(0, copy.length)] = random.integer(0, 256);
    return copy;
  }
  const numbers = [
    '0',
    '-1',
    '4294967296',
    '9007199254740993',
    '1e308',
    'NaN',
    '~',
    '../../x',
    '311',
    '516',
    '16',
    '8',
  ];
  const words = Buffer.from(bytes).toString('latin1').split(/(\s+)/);
  words[2 * random.integer(0, Math.ceil(words.length / 2))] = numbers[random.integer(0, numbers.length)]!;
  return Buffer.from(words.join(''), 'latin1');
}

describe.skipIf(!dataDir)('damaged WFDB files (needs FEDWARD_DATA)', () => {
  const folder = join(dataDir ?? '', 'wfdb-formats');
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'fedward-wfdb-'));
    for (const name of await readdir(folder)) await cp(join(folder, name), join(copy, name), { recursive: true });
  });
  afterAll(() => rm(copy, { recursive: true }));

  /** What became of reading: numbers, or an error that names a file. Anything else fails. */
  const outcomeOf = async (reading: Promise<unknown>): Promise<string> => {
    const error: unknown = await reading.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) return 'read';
    if (!isFedwardError(error)) throw error;
    return (error as { code: string }).code;
  };
  const known = ['read', 'DATA_MALFORMED', 'DATA_EMPTY', 'FILE_NOT_FOUND', 'FILE_INVALID', 'CONFIG_INCOMPATIBLE'];

  it.each([
    ['binformats', 'binformats.hea', 'binformats.d0', 'binformats.d5', 'binformats.d6', 'binformats.d7'],
    ['flacformats', 'flacformats.hea', 'flacformats.d0', 'flacformats.d1', 'flacformats.d2'],
    ['100_3chan', '100_3chan.hea', '100_3chan.dat'],
    ['mixedsignals', 'mixedsignals.hea', 'mixedsignals_r.dat'],
    [
      'multi-segment/041s/041s',
      'multi-segment/041s/041s.hea',
      'multi-segment/041s/041s02.hea',
      'multi-segment/041s/041s01.dat',
    ],
  ])(
    '%s: each damage ends in numbers or in an error that names what is wrong, in bounded time and memory',
    async (record, ...files) => {
      const random = new Random(`${seed} ${record}`);
      const outcomes = new Map<string, number>();
      for (const file of files) {
        const path = join(copy, file);
        const original = new Uint8Array(await readFile(path));
        for (let i = 0; i < 120; i++) {
          await writeFile(path, damaged(original, random, file.endsWith('.hea')));
          const started = performance.now();
          const outcome = await outcomeOf(readWfdbRecord(join(copy, record), { mostSamples: 2 ** 20 }));
          expect(performance.now() - started).toBeLessThan(5_000);
          expect(known).toContain(outcome);
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
        await writeFile(path, original);
      }
      expect(await outcomeOf(readWfdbRecord(join(copy, record)))).toBe('read');
      expect(outcomes.get('DATA_MALFORMED')).toBeGreaterThan(files.length * 30);
    },
  );

  it('a signal file whose samples are others is never read as if it were whole', async () => {
    const random = new Random(`${seed} samples`);
    const path = join(copy, '100_3chan.dat');
    const original = new Uint8Array(await readFile(path));
    for (let i = 0; i < 300; i++) {
      const changed = original.slice();
      const at = random.integer(0, changed.length);
      changed[at]! ^= 1 << random.integer(0, 8);
      await writeFile(path, changed);
      // The last half byte is no sample.
      const outcome = await outcomeOf(readWfdbRecord(join(copy, '100_3chan')));
      if (at < changed.length - 2) expect(outcome).toBe('DATA_MALFORMED');
    }
    await writeFile(path, original);
  });

  it.each(['12726.anI', '1003.atr'])('annotations %s', async (file) => {
    const random = new Random(`${seed} ${file}`);
    const path = join(copy, file);
    const original = new Uint8Array(await readFile(path));
    for (let i = 0; i < 500; i++) {
      await writeFile(path, damaged(original, random, false));
      expect(known).toContain(await outcomeOf(readWfdbAnnotations(path)));
    }
    for (let length = 0; length < original.length; length += 1 + Math.floor(original.length / 300)) {
      await writeFile(path, original.subarray(0, length));
      expect(['DATA_MALFORMED', 'DATA_EMPTY']).toContain(await outcomeOf(readWfdbAnnotations(path)));
    }
  });
});
