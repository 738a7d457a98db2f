import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable, tableSchema, textRowReader } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from './testing/pack.js';
import { openWfdbWindows } from './windows.js';

describe('windows as a table', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedward-wfdb-'));
    await writeFile(join(folder, 'a.hea'), 'a 1 10 8\na.dat 212 2/mV\n');
    await writeFile(join(folder, 'a.dat'), pack(212, [2, 4, 6, 8, 10, -2048, 14, 16]));
    // N at 1, V at 3, N at 6, whose window has a sample that is missing
    await writeFile(join(folder, 'a.atr'), Uint8Array.from([1, 1 << 2, 2, 5 << 2, 3, 1 << 2, 0, 0]));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('become signals with a class and a patient; one with a missing sample is left out and counted', async () => {
    const schema = tableSchema.parse({
      columns: [{ name: 'signal', kind: 'signal', shape: [2, 1], range: [0, 8], missing: 'drop-row' }],
      label: {
        name: 'symbol',
        kind: 'class',
        classes: [
          { name: 'normal', values: ['N'] },
          { name: 'ventricular', values: ['V'] },
        ],
      },
      patientId: 'record',
    });
    const source = openWfdbWindows([join(folder, 'a')], { before: 1, after: 1, channels: [0] });
    const read = textRowReader(schema, source.names, { file: 'a' });
    const table = await readTable('beats', schema, source.rows, read);
    expect(table.rows).toMatchObject({ read: 3, used: 2 });
    expect(table.rows.dropped.map(({ rows }) => rows)).toEqual([1]);
    expect(Array.from({ length: 2 }, (_, row) => Array.from(table.row(row).values))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(table.patientIds).toEqual(['a', 'a']);
  });
});
