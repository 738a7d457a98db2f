import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TextRow } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wfdbArray } from './array.js';
import { readWfdbRecord } from './record.js';
import { pack } from './testing/pack.js';
import { openWfdbWindows, type WfdbWindowOptions } from './windows.js';

const dataDir = process.env['FEDWARD_DATA'];
const rowsOf = async (source: ReturnType<typeof openWfdbWindows>): Promise<TextRow[]> => {
  const all: TextRow[] = [];
  for await (const rows of source.rows) all.push(...rows);
  return all;
};

describe('records as cells of tables', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedward-wfdb-'));
    for (const name of ['a', 'b']) {
      await writeFile(join(folder, `${name}.hea`), `${name} 2 10 5\n${name}.dat 16x2 1/mV\n${name}.dat 16 10/mV\n`);
      const flat = [1, 3, 10, 5, -32768, 20, -32768, -32768, -32768, 7, 7, 40, 9, 9, 50];
      await writeFile(join(folder, `${name}.dat`), pack(16, flat));
      // A beat at 1, a mark of rhythm at 2, a beat at 4
      await writeFile(join(folder, `${name}.atr`), Uint8Array.from([1, 1 << 2, 1, 28 << 2, 2, 5 << 2, 0, 0]));
    }
  });
  afterAll(() => rm(folder, { recursive: true }));
  const open = (options: Partial<WfdbWindowOptions> = {}, names = ['a', 'b']) =>
    openWfdbWindows(
      names.map((name) => join(folder, name)),
      { before: 1, after: 1, channels: [0, 1], ...options },
    );

  it('is at the rate of frames: means of what is there, NaN where nothing is, and from the end on', async () => {
    const cell = await wfdbArray(join(folder, 'a.dat'), { samples: 7 });
    expect(cell.shape).toEqual([7, 2]);
    expect(Array.from(cell.values)).toEqual([2, 1, 5, 2, NaN, NaN, 7, 4, 9, 5, NaN, NaN, NaN, NaN]);
    expect((await wfdbArray(join(folder, 'a'))).shape).toEqual([5, 2]);
    expect(await wfdbArray(join(folder, 'a'), { from: 3, samples: 3, channels: [1] })).toEqual({
      shape: [3, 1],
      values: Float32Array.of(4, 5, NaN),
    });
    expect(Array.from((await wfdbArray(join(folder, 'a'), { from: 9, samples: 1 })).values)).toEqual([NaN, NaN]);
    for (const options of [{ samples: 0 }, { samples: 2 ** 26 }, { from: -1 }])
      await expect(wfdbArray(join(folder, 'a'), options)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  it('has a row an annotation', async () => {
    const source = open({ after: 2 });
    expect(source.names).toEqual(['record', 'sample', 'symbol', 'signal']);
    expect(source.notes).toEqual({ signal: { shape: [3, 2] } });
    expect(source.files).toEqual(['a.hea', 'a.atr', 'b.hea', 'b.atr'].map((name) => join(folder, name)));
    const rows = await rowsOf(source);
    expect(rows.map(({ line, fields }) => [line, ...fields])).toEqual([
      [1, 'a', '1', 'N', ''],
      [2, 'a', '2', '+', ''],
      [3, 'b', '1', 'N', ''],
      [4, 'b', '2', '+', ''],
    ]);
    expect(Array.from(rows[0]!.arrays!['signal']!.values)).toEqual([2, 1, 5, 2, NaN, NaN]);
    expect(rows[0]!.arrays!['signal']!.shape).toEqual([3, 2]);
    expect(source.remarks!()).toEqual(
      ['a', 'b'].map((name) => `${join(folder, name)}.hea: 1 of 3 annotations are too near an end for a whole window`),
    );
  });

  it('takes the symbols that are asked for', async () => {
    const source = open({ symbols: ['N', 'V'] });
    expect((await rowsOf(source)).map(({ fields }) => fields.slice(0, 3))).toEqual([
      ['a', '1', 'N'],
      ['a', '4', 'V'],
      ['b', '1', 'N'],
      ['b', '4', 'V'],
    ]);
    expect(source.remarks!()).toEqual([]);
  });

  it('refuses records that do not go together, and closes', async () => {
    await expect(rowsOf(open({}, ['a', 'a']))).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
    await writeFile(join(folder, 'c.hea'), 'c 2 20 5\na.dat 16x2\na.dat 16\n');
    await writeFile(join(folder, 'c.atr'), new Uint8Array(2));
    await expect(rowsOf(open({}, ['a', 'c']))).rejects.toThrow(/20 frames a second, those before 10/);
    expect(() => open({ after: 0 })).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    const source = open();
    await source.close();
    expect(await rowsOf(source)).toEqual([]);
  });

  it('counts in the rate of the annotations where they have one', async () => {
    const text = '## time resolution: 20';
    const note = [0, 22 << 2, text.length, 63 << 2, ...Buffer.from(text)];
    await writeFile(join(folder, 'd.hea'), 'd 2 10 5\na.dat 16x2\na.dat 16\n');
    await writeFile(join(folder, 'd.atr'), Uint8Array.from([...note, 4, 1 << 2, 0, 0]));
    expect((await rowsOf(open({}, ['d']))).map(({ fields }) => fields[1])).toEqual(['2']);
  });

  it.skipIf(!dataDir)('cuts the beats out of two real records (needs FEDWARD_DATA)', async () => {
    const files = ['100', '113'].map((name) => join(dataDir!, 'mit-bih', name));
    const rows = await rowsOf(
      openWfdbWindows(files, { before: 90, after: 110, channels: ['MLII'], symbols: ['N', 'A', 'V', 'a'] }),
    );
    const count = (record: string, symbol: string): number =>
      rows.filter(({ fields }) => fields[0] === record && fields[2] === symbol).length;
    // The first beat of 100, at 77, is too near the beginning, and the last of each is too near the end.
    expect([count('100', 'N'), count('100', 'A'), count('100', 'V')]).toEqual([2237, 33, 1]);
    expect([count('113', 'N'), count('113', 'a')]).toEqual([1788, 6]);
    const { signals } = await readWfdbRecord(files[0]!);
    const { fields, arrays } = rows[1000]!;
    const at = Number(fields[1]);
    expect(Array.from(arrays!['signal']!.values)).toEqual(Array.from(signals[0]!.values.subarray(at - 90, at + 110)));
  });
});
