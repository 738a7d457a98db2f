import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableSchema } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectCsv, readCsvDataset, type CsvOptionsInput, type TableSchemaInput } from '../index.js';
import { csvOptionsSchema } from './options.js';
import { encodeCsv } from './read.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-table-'))));
afterAll(() => rm(folder, { recursive: true }));

const schema: TableSchemaInput = {
  columns: [
    { name: 'age', kind: 'numeric' },
    { name: 'bp', kind: 'numeric' },
  ],
  label: {
    name: 'ill',
    kind: 'class',
    classes: [
      { name: 'well', values: [0] },
      { name: 'ill', values: [1] },
    ],
  },
  patientId: 'patient',
};
const good = 'patient,age,bp,ill\n1,38,108,0\n2,37,163,1\n3,60,148,0\n4,36,162,1\n';

async function read(content: string | Uint8Array, options?: CsvOptionsInput, table = schema) {
  const file = join(folder, 'ward.csv');
  await writeFile(file, content);
  return readCsvDataset(file, table, options);
}
const refusal = async (content: string | Uint8Array, message: RegExp, options?: CsvOptionsInput, table = schema) =>
  expect(read(content, options, table)).rejects.toThrow(message);
const expected = async () => (await read(good)).dataset;

describe('what spreadsheets write', () => {
  it('blank rows at the end are left out, counted', async () => {
    const { dataset, rows } = await read(good + ',,,\n,,,\n');
    expect(dataset).toEqual(await expected());
    expect(rows).toEqual({ read: 6, used: 4, dropped: [{ reason: 'no value in any column', rows: 2 }] });
  });

  it.each([
    ['columns without a name', good.replaceAll('\n', ',,\n')],
    ['columns without a name, whose empty cells are not written', good.replace('ill\n', 'ill,,\n')],
    ['empty cells beyond the last column', good.replace('108,0\n', '108,0,,\n')],
    ['UTF-16', Buffer.from('\ufeff' + good.replaceAll(',', '\t'), 'utf16le')],
    ['numbers in quotation marks', good.replaceAll(/(\d+)/g, '"$1"')],
    ['spaces in quotation marks', good.replaceAll(/(\d+)/g, '" $1 "')],
    ['spaces that do not break', good.replaceAll(',', ',\u00a0')],
    ['marks of no width', good.replaceAll(',', '\u200b,')],
  ])('%s do no harm', async (_, content) => expect((await read(content)).dataset).toEqual(await expected()));

  it('a cell beyond the last column that holds something is one too many', () =>
    refusal(good.replace('108,0\n', '108,0,,x\n'), /line 2: 6 fields where there are 4 columns/));

  it('is not CSV where it is a workbook', () =>
    refusal(
      Uint8Array.of(0x50, 0x4b, 3, 4, 0xff, 0, 0xfe),
      /looks like a workbook \(\.xlsx\), which must be saved as CSV/,
    ));

  it('UTF-16 without its mark is told', () =>
    refusal(Buffer.from(good, 'utf16le'), /looks like utf-16le: say the encoding/));
});

describe('a header', () => {
  const numbered = good.replace('patient,age,bp,ill', '0,1,2,3');
  const names = ['0', '1', '2', '3'];
  const table: TableSchemaInput = {
    columns: [
      { name: '1', kind: 'numeric' },
      { name: '2', kind: 'numeric' },
    ],
    label: { ...schema.label, name: '3' },
    patientId: '0',
  };

  it('of numbers is one where the schema asks for its names, with and without `header`', async () => {
    for (const header of [names, true, undefined] as const) {
      const { dataset, lines } = await read(numbered, { header: header as string[] | true | undefined }, table);
      expect([dataset.count, lines[0]]).toEqual([4, 2]);
    }
  });

  it('that is given and not there makes the first line a row', async () => {
    const { dataset, lines } = await read(good.slice(good.indexOf('\n') + 1), {
      header: ['patient', 'age', 'bp', 'ill'],
    });
    expect([dataset.count, lines[0]]).toEqual([4, 1]);
  });

  it.each([
    ['as it is', 'patient,age,bp,ill'],
    ['in other letters', 'PATIENT,Age,BP,Ill'],
    ['with empty cells after it', 'patient,age,bp,ill,,'],
  ])('that is given and repeated %s is no patient', async (_, line) => {
    const text = { ...schema, columns: [schema.columns[0]!], label: schema.label };
    const { dataset } = await read(
      good.replace('patient,age,bp,ill', line),
      { header: ['patient', 'age', 'bp', 'ill'] },
      text,
    );
    expect(dataset.count).toBe(4);
  });

  it('that is given in another order is refused', () =>
    refusal(good, /line 1: this line has the names that `header` gives, in another order/, {
      header: ['age', 'patient', 'bp', 'ill'],
    }));

  it('below a title is pointed at', async () => {
    await refusal('Heart study,,,\n' + good, /line 1: this looks like a title; the names of the columns are on line 2/);
    await refusal('Heart study\n\nMay 2026\n' + good, /are on line 4: remove what stands above them/);
  });

  it('that differs in letters or spaces is pointed at', () =>
    refusal(good.replace('patient', 'Patient '), /no column is named "patient" .*one is named as "patient" but for/));
});

describe('patient ids', () => {
  it.each(['1.0', '01', '1e0', '+1', '"1.00"'])('that are one number in two spellings are refused: 1 and %s', (id) =>
    refusal(good.replace('\n3,', `\n${id},`), /lines 2 and 4, column "patient": one number is written in two ways/),
  );

  it('are text where they are no such thing', async () => {
    const { dataset } = await read(good.replace('\n1,', '\n007,').replace('\n3,', '\n008,'));
    expect(dataset.patientIds).toEqual(['007', '2', '008', '4']);
  });

  it('are one patient with and without spaces around them, with an accent in one character or in two', async () => {
    const content = good.replace('\n1,', '\nM\u00fc,').replace('\n2,', '\n Mu\u0308 ,').replace('\n3,', '\n"4 ",');
    expect((await read(content)).dataset.patients).toBe(2);
  });

  it('are digits, not float64s', async () => {
    const content = good.replace('\n1,', '\n12345678901234567890,').replace('\n2,', '\n12345678901234567891,');
    expect((await read(content)).dataset.patients).toBe(4);
  });
});

describe('a row of totals', () => {
  it.each(['Total', 'TOTAL:', 'Summe', 'Gesamt', 'Mean', 'sub-total'])('%s is no patient', async (word) => {
    await refusal(`${good}${word},171,581,1\n`, /line 6, column "patient": this is a row of totals and no patient/);
    const { patientId, ...withoutIds } = schema;
    expect(patientId).toBe('patient');
    await refusal(`${good}${word},171,581,1\n`, /line 6: this is a row of totals/, {}, withoutIds);
  });
});

describe('what stands for a missing value', () => {
  it('is a number, however it is spelled', async () => {
    const may: TableSchemaInput = { ...schema, columns: [{ name: 'bp', kind: 'numeric', missing: 'drop-row' }] };
    const content = good.replace('108', '-9').replace('163', '-9.0').replace('148', '-09');
    const { rows } = await read(content, { missing: ['-9'] }, may);
    expect(rows.dropped).toEqual([{ reason: 'no value in bp', rows: 3 }]);
  });
});

describe('numbers', () => {
  it('have a decimal comma where that is said, and the message says how', async () => {
    const content = good.replaceAll(',', ';').replace('38', '38,5').replace('148', '148,25');
    await refusal(content, /line 2, column "age": not a number where the decimal mark is "\.".*"decimal": ","/);
    const { dataset } = await read(content, { decimal: ',' });
    expect([dataset.features[0], dataset.features[5]]).toEqual([38.5, 148.25]);
    await refusal(content.replace('163', '16.3'), /line 3, column "bp".*"decimal": "\."/, { decimal: ',' });
  });

  it('that are too large are said to be', () =>
    refusal(good.replace('108', '1e400'), /line 2, column "bp": the number is too large: beyond 3\.4e38/));
});

describe('quotation marks', () => {
  it('that are never closed are said where they open', async () => {
    await refusal(good.replace('60', '"60'), /line 4: the quotation mark that opens a cell here is never closed/);
    await refusal(
      good.replace('4,36,162', '"4\n",36,"162'),
      /line 6: the quotation mark that opens a cell here is never/,
    );
    // A second one, further down, closes what it should not.
    await refusal(
      good.replace('37', '"37').replace('36', '"36'),
      /line 3: a quotation mark opens a cell here, and more/,
    );
  });

  it('that are never closed do not read a whole file into one cell', () =>
    refusal(good.replace('60', '"60') + '5,1,1,0\n'.repeat(600_000), /line 4: the quotation mark .* is never closed/));
});

describe('the file is closed', () => {
  const schema = tableSchema.parse({
    columns: [{ name: 'age', kind: 'numeric' }],
    label: { name: 'ill', kind: 'class', classes: ['no', 'yes'].map((name, i) => ({ name, values: [i] })) },
  });
  it.each([
    ['the first line is no header', '1,0\n2,1\n3,0\n4,1\n'],
    ['a column is not there', 'age,well\n1,0\n2,1\n'],
    ['a cell is wrong', 'age,ill\n1,0\nx,1\n'],
    ['all is well', 'age,ill\n1,0\n2,1\n'],
  ])('where %s', async (_what, text) => {
    let closed = false;
    const pieces = (async function* () {
      try {
        for (const piece of text.match(/.{1,8}/gs)!) yield new TextEncoder().encode(piece);
      } finally {
        closed = true;
      }
    })();
    await encodeCsv(() => pieces, 'x.csv', 'x', schema, csvOptionsSchema.parse({})).catch(() => undefined);
    expect(closed).toBe(true);
  });
});

it('a file of more columns than a table has is refused before its rows are looked at', async () => {
  const header = Array.from({ length: 200_000 }, (_, i) => `c${i}`).join(',');
  const file = join(folder, 'wide.csv');
  await writeFile(file, `${header}\n${header.replace(/c/g, '')}\n`);
  await expect(inspectCsv(file)).rejects.toMatchObject({
    code: 'DATA_MALFORMED',
    message: expect.stringMatching(/200000 columns; the most is 65536/),
  });
});
