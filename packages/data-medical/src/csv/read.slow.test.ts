import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorCode } from '@fedward/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsvDataset, type CsvOptionsInput, type TableSchemaInput } from '../index.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-csv-'))));
afterAll(() => rm(folder, { recursive: true }));

const schema: TableSchemaInput = {
  columns: [
    { name: 'age', kind: 'numeric', unit: 'years' },
    { name: 'pain', kind: 'categorical', levels: ['none', 'mild', 'severe'], dropFirst: true },
    { name: 'sex', kind: 'binary', levels: ['F', 'M'] },
  ],
  label: {
    name: 'num',
    kind: 'class',
    classes: [
      { name: 'healthy', values: [0] },
      { name: 'ill', values: [1, 2] },
    ],
  },
};
const good = 'age,sex,pain,num\n40,F,none,0\n50.5,M,severe,2\n';

async function read(content: string | Uint8Array, options?: CsvOptionsInput, table = schema) {
  const file = join(folder, 'ward.csv');
  await writeFile(file, content);
  return readCsvDataset(file, table, options);
}

async function expectRefusal(
  code: ErrorCode,
  content: string | Uint8Array,
  message: RegExp,
  options?: CsvOptionsInput,
  table = schema,
): Promise<void> {
  await expect(read(content, options, table)).rejects.toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
}

/** A schema whose age may be missing. */
const withDrop: TableSchemaInput = {
  ...schema,
  columns: [{ name: 'age', kind: 'numeric', missing: 'drop-row' }, ...schema.columns.slice(1)],
};

describe('readCsvDataset', () => {
  it('reads columns by name, in the order of the schema', async () => {
    const { dataset, lines, rows } = await read(good);
    expect(dataset.name).toBe('ward.csv');
    expect(dataset.featureNames).toEqual(['age', 'pain=mild', 'pain=severe', 'sex']);
    expect([...dataset.features]).toEqual([40, 0, 0, 0, 50.5, 0, 1, 1]);
    expect([...dataset.labels]).toEqual([0, 1]);
    expect(dataset.classes).toEqual(['healthy', 'ill']);
    expect(lines).toEqual([2, 3]);
    expect(rows).toEqual({ read: 2, used: 2, dropped: [] });
  });

  it.each([
    ['a byte order mark', '\ufeff' + good],
    ['CRLF', good.replaceAll('\n', '\r\n')],
    ['CR alone', good.replaceAll('\n', '\r')],
    ['mixed line ends', good.replace('\n', '\r\n')],
    ['other mixed line ends', good.replace('\n', '\r')],
    ['no last line end', good.trimEnd()],
    ['empty lines', good.replace('\n40', '\n\n40') + '\n\n'],
    ['white space around fields', good.replaceAll(',', ' ,\t')],
    ['quoted fields', '"age","sex","pain","num"\n"40","F","none","0"\n50.5,M,"severe",2'],
    ['other spellings of a number', good.replace('40', '+4.0e1').replace(',0\n', ',0.00\n')],
    ['a column that the schema does not name', good.replaceAll('\n', ',x\n').replace(',x', ',name')],
  ])('reads the same with %s', async (_, content) => {
    const expected = (await read(good)).dataset;
    expect((await read(content)).dataset).toEqual(expected);
  });

  it('reads other delimiters, encodings, and files without a header', async () => {
    const { dataset } = await read(good);
    expect((await read(good.replaceAll(',', ';'), { delimiter: ';' })).dataset).toEqual(dataset);
    const [names, ...rows] = good.split('\n');
    expect((await read(rows.join('\n'), { header: names!.split(',') })).dataset).toEqual(dataset);
    const latin: TableSchemaInput = {
      columns: [{ name: 'Größe', kind: 'numeric' }],
      label: { name: 'y', kind: 'value' },
    };
    const bytes = Buffer.from('Größe,y\n180,1\n', 'latin1');
    expect((await read(bytes, { encoding: 'windows-1252' }, latin)).dataset.features[0]).toBe(180);
    await expectRefusal(
      'DATA_MALFORMED',
      bytes,
      /ward\.csv is not text in utf-8; it looks like windows-1252: say the encoding: --encoding/,
      {},
      latin,
    );
    await expectRefusal('DATA_MALFORMED', good.replace('pain', 'pa\0in'), /is no text; it has bytes of zero$/);
    await expectRefusal('CONFIG_INVALID', good, /encoding klingon is not known/, { encoding: 'klingon' });
  });

  it('keeps the patients apart', async () => {
    const content = good.replace('age', 'id,age').replace('40', '007,40').replace('50.5', 'Ä8,50.5');
    const { dataset } = await read(content, {}, { ...schema, patientId: 'id' });
    expect(dataset.patientIds).toEqual(['007', 'Ä8']);
    await expectRefusal(
      'DATA_MALFORMED',
      content.replace('007', ''),
      /line 2, column "id": there is no patient id/,
      {},
      {
        ...schema,
        patientId: 'id',
      },
    );
  });

  it('reads values as labels', async () => {
    const table: TableSchemaInput = { ...schema, label: { name: 'num', kind: 'value', missing: 'drop-row' } };
    const { dataset, lines } = await read(good.replace(',0\n', ',-1.25e+002\n60,M,mild,NA\n'), {}, table);
    expect([...dataset.labels]).toEqual([-125, 2]);
    expect(lines).toEqual([2, 4]);
    expect(dataset.classes).toBeUndefined();
    await expectRefusal('LABEL_INVALID', good.replace(',0\n', ',1e99\n'), /"num": the number is too large/, {}, table);
  });

  it('drops rows where the column says so, and counts them', async () => {
    const { dataset, lines, rows } = await read(good.replace('40', '?'), {}, withDrop);
    expect([dataset.count, lines]).toEqual([1, [3]]);
    expect(rows).toEqual({ read: 2, used: 1, dropped: [{ reason: 'no value in age', rows: 1 }] });
  });

  it('counts a row that lacks several values once, under the first, in the order of the schema', async () => {
    const may = { missing: 'drop-row' } as const;
    const table: TableSchemaInput = {
      columns: schema.columns.map((column) => ({ ...column, ...may })),
      label: { ...schema.label, ...may },
      patientId: 'id',
    };
    const content = 'id,age,sex,pain,num\na,40,F,none,0\nb,?,F,,\nc,,,none,1\nd,50,,,1\ne,50,,none,2\nf,50,M,mild,\n';
    const { dataset, rows } = await read(content, {}, table);
    expect(dataset.count).toBe(1);
    expect(rows.dropped).toEqual([
      { reason: 'no value in age', rows: 2 },
      { reason: 'no value in pain', rows: 1 },
      { reason: 'no value in sex', rows: 1 },
      { reason: 'no value in num', rows: 1 },
    ]);
    expect(rows.read).toBe(6);
  });

  it('checks a row that it drops', async () => {
    await expectRefusal('LABEL_INVALID', good.replace('40', '?').replace('0\n', '9\n'), /line 2/, {}, withDrop);
  });

  it('takes a declared level for a value, though it is spelled as a missing one', async () => {
    const table: TableSchemaInput = {
      columns: [{ name: 'code', kind: 'categorical', levels: ['NA', 'EU'] }],
      label: { name: 'y', kind: 'value' },
    };
    expect([...(await read('code,y\nNA,1\nEU,2\n', {}, table)).dataset.features]).toEqual([1, 0, 0, 1]);
  });

  it('takes a level for the number it is, as a number or as text', async () => {
    const table = (levels: [string | number, string | number]): TableSchemaInput => ({
      columns: [{ name: 'code', kind: 'binary', levels }],
      label: { name: 'y', kind: 'value' },
    });
    const content = 'code,y\n1.0,1\n02,1\n';
    for (const levels of [
      [1, 2],
      ['1', '2'],
      ['1e0', '2.00'],
    ] as [string, string][])
      expect([...(await read(content, {}, table(levels))).dataset.features]).toEqual([0, 1]);
    await expectRefusal('CONFIG_INVALID', content, /a level is listed twice/, {}, table(['1', '01']));
  });

  it.each<[string, ErrorCode, string, RegExp]>([
    ['too few fields', 'DATA_MALFORMED', good + '60,M\n', /ward\.csv, line 4: 2 fields where there are 4 columns/],
    ['too many fields', 'DATA_MALFORMED', good.replace('none,0', 'none,0,1'), /line 2: 5 fields/],
    ['text for a number', 'DATA_MALFORMED', good.replace('40', 'forty'), /line 2, column "age": not a number/],
    ['a hexadecimal number', 'DATA_MALFORMED', good.replace('40', '0x28'), /line 2, column "age": not a number/],
    [
      'a unit',
      'DATA_MALFORMED',
      good.replace('50.5', '50.5 mg'),
      /line 3, column "age": not a number: there is a unit/,
    ],
    ['a decimal comma', 'DATA_MALFORMED', good.replace('50.5', '"50,5"'), /line 3, column "age": not a number/],
    ['an infinity', 'DATA_NOT_FINITE', good.replace('40', '-inf'), /line 2, column "age"/],
    ['more than float32 holds', 'DATA_NOT_FINITE', good.replace('40', '1e39'), /line 2, column "age"/],
    ['a missing number', 'DATA_MALFORMED', good.replace('40', ''), /line 2, column "age": there is no value/],
    ['a missing level', 'DATA_MALFORMED', good.replace('severe', '?'), /line 3, column "pain": there is no value/],
    [
      'an unknown level',
      'DATA_MALFORMED',
      good.replace('severe', 'awful'),
      /line 3, column "pain": not one of the declared levels none, mild, severe/,
    ],
    [
      'an unknown class',
      'LABEL_INVALID',
      good.replace(',2\n', ',3\n'),
      /line 3, column "num": not a value of one of the classes healthy \(0\); ill \(1, 2\)/,
    ],
    ['a missing label', 'LABEL_INVALID', good.replace(',2\n', ',\n'), /line 3, column "num": there is no value/],
    [
      'thousands',
      'DATA_MALFORMED',
      good.replace('50.5', '"1,050"'),
      /line 3, column "age": .* parts thousands, take it out$/,
    ],
    ['a double column', 'DATA_MALFORMED', good.replace('pain', 'age'), /columns 1 and 3 have one name/],
    [
      'missing columns',
      'DATA_MALFORMED',
      good.replace('age,sex', 'a,b'),
      /no column is named "age", "sex" \(it has 4 columns\)/,
    ],
    [
      'a first line of data',
      'DATA_MALFORMED',
      '40,1,2,0\n50,0,1,1\n',
      /line 1: most of this first line are numbers, so that it looks like data/,
    ],
    [
      'an unclosed quotation mark',
      'DATA_MALFORMED',
      good.replace('severe', '"severe'),
      /line 3: the quotation mark that opens a cell here is never closed/,
    ],
    [
      'a misplaced quotation mark',
      'DATA_MALFORMED',
      good.replace('severe', 'se"vere'),
      /line 3: a quotation mark in the middle/,
    ],
    ['nothing', 'DATA_EMPTY', '', /there are no rows/],
    ['a header alone', 'DATA_EMPTY', 'age,sex,pain,num\n', /there are no rows/],
  ])('refuses %s', (_, code, content, message) => expectRefusal(code, content, message));

  it('says why no row is left', async () => {
    await expectRefusal(
      'DATA_EMPTY',
      'age,sex,pain,num\n?,F,none,0\n',
      /each of its 1 rows was left out: no value in age \(1\)/,
      {},
      withDrop,
    );
  });

  it('refuses a file that is not there, a folder, and bad options', async () => {
    const file = join(folder, 'nowhere.csv');
    await expect(readCsvDataset(file, schema)).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND', subject: file }),
    );
    await expect(readCsvDataset(folder, schema)).rejects.toThrow(expect.objectContaining({ code: 'FILE_INVALID' }));
    await expect(read(good, { delimiter: ', ' })).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'delimiter' }),
    );
  });

  it('counts lines, whatever the line ends inside quotation marks', async () => {
    const noted = 'age,sex,pain,num,note\r\n40,F,none,0,"one\r\ntwo\r\n\r\nfour"\r\n\r\n50,M,mild,1,\r\n';
    expect((await read(noted)).lines).toEqual([2, 7]);
    await expectRefusal('DATA_MALFORMED', noted.replace('50', 'x'), /line 7, column "age"/);
    expect((await read(noted.replaceAll('\r\n', '\n'))).lines).toEqual([2, 7]);
  });

  it('never tells what a cell holds', async () => {
    const secret = 'Erika-Mustermann';
    for (const content of [
      good.replace('40', secret),
      good.replace('none', secret),
      good.replace(',0\n', `,${secret}\n`),
      good.replace('none', `no"${secret}`),
      good.replace('40', `40,${secret}`),
      `${secret},F,none,0\n`,
      `${secret},${secret},none,0\n`,
    ]) {
      const error = await read(content).then(
        () => expect.unreachable(),
        (reason: Error) => reason,
      );
      expect(JSON.stringify([error.message, error.cause ?? null, error.stack])).not.toContain(secret);
    }
  });

  it('reads back any numbers', async () => {
    const table: TableSchemaInput = { columns: [{ name: 'x', kind: 'numeric' }], label: { name: 'y', kind: 'value' } };
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(float, float), { minLength: 1, maxLength: 50 }), async (rows) => {
        const content = `x,y\r\n${rows.map((row) => row.map((x) => (Object.is(x, -0) ? '-0' : String(x))).join(',')).join('\r\n')}\r\n`;
        const { dataset } = await read(content, {}, table);
        expect(dataset.features).toEqual(Float32Array.from(rows, ([x]) => x));
        expect(dataset.labels).toEqual(Float32Array.from(rows, ([, y]) => y));
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('reads a file of several pieces, wherever they end, with %s', async (_, end) => {
    // 4,400 rows of 15 or 16 bytes are just over one piece of 64 KiB: the padding moves the cut through a whole row.
    const rows = Array.from({ length: 4_400 }, (_, i) => `${10_000 + i},F,mild,1`);
    for (let padding = 0; padding < 16; padding++) {
      const { dataset, lines } = await read(`age,sex,pain,num${' '.repeat(padding)}${end}${rows.join(end)}`);
      expect(dataset.features.filter((_, i) => i % 4 === 0)).toEqual(Float32Array.from(rows, (_, i) => 10_000 + i));
      expect(lines).toEqual(rows.map((_, i) => i + 2));
    }
  });
});
