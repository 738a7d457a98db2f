import { parseWith } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { readTable, tableSchema, textRowReader, type TableSchemaInput } from '../index.js';

const columns: TableSchemaInput['columns'] = [{ name: 'age', kind: 'numeric', missing: 'drop-row' }];
const label = { name: 'ill', kind: 'value' } as const;

const read = async (schema: Partial<TableSchemaInput>, names: string[], ...rows: string[][]) =>
  readTable(
    'ward',
    parseWith(tableSchema, { columns, label, ...schema }, 'the schema'),
    [rows.map((fields, i) => ({ line: i + 1, fields }))],
    textRowReader(parseWith(tableSchema, { columns, label, ...schema }, 'the schema'), names, { file: 'ward.txt' }),
  );

describe('textRowReader', () => {
  it('reads columns by name, whatever their order', async () => {
    const { patientIds, labels, times, testing } = await read(
      { patientId: 'id', time: { column: 'day' }, split: { column: 'set', test: ['t'] } },
      ['set', 'other', 'day', 'ill', 'age', 'id'],
      ['t', 'x', '2.5', '1', '50', 'p'],
      ['a', 'x', '-1', '2', '60', 'q'],
    );
    expect({ patientIds, labels, times, testing }).toEqual({
      ...{ patientIds: ['p', 'q'], labels: [1, 2], times: [2.5, -1], testing: [true, false] },
    });
    await expect(read({}, ['Age', 'ill'])).rejects.toMatchObject({ code: 'DATA_MALFORMED', subject: 'age' });
  });

  it('reads dates, and refuses what is none, with its place and without its content', async () => {
    const time = { column: 'day', format: 'date' } as const;
    const names = ['age', 'ill', 'day'];
    expect((await read({ time }, names, ['5', '1', '1970-01-02'])).times).toEqual([86_400_000]);
    for (const [cell, what] of [
      ['yesterday', 'not a date such as'],
      ['', 'there is no time'],
    ])
      await expect(read({ time }, names, ['5', '1', '1970-01-02'], ['5', '1', cell!])).rejects.toMatchObject({
        code: 'DATA_MALFORMED',
        message: expect.stringMatching(`^ward.txt, line 2, column "day": ${what}`),
      });
    const { rows } = await read({ time: { ...time, missing: 'drop-row' } }, names, ['5', '1', '']);
    expect(rows).toEqual({ read: 1, used: 0, dropped: [{ reason: 'no value in day', rows: 1 }] });
    await expect(read({ time: { column: 'day' } }, names, ['5', '1', '1e999'])).rejects.toThrow('column "day"');
  });

  it('checks what it leaves out, column by column', async () => {
    await expect(read({}, ['age', 'ill'], ['', 'x'])).rejects.toMatchObject({ code: 'LABEL_INVALID', subject: 'ill' });
  });
});
