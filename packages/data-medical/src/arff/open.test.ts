import { join } from 'node:path';
import type { TableSource } from '@fedward/kit-tables';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateReader } from './dates.js';
import { openArff, openArffText } from './open.js';

async function* pieces(text: string, size = text.length): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
const open = (text: string, size?: number) => openArffText(pieces(text, size), 'ward.arff');
const rowsOf = async (source: TableSource) => {
  const rows = [];
  for await (const batch of source.rows) rows.push(...batch);
  await source.close();
  return rows;
};
const fields = async (text: string, size?: number) => (await rowsOf(await open(text, size))).map((row) => row.fields);
const refused = (text: string, message: RegExp) =>
  expect(fields(text)).rejects.toMatchObject({ code: 'DATA_MALFORMED', message: expect.stringMatching(message) });

const head = [
  '% a comment',
  '@RELATION ward',
  '',
  "@attribute 'age of \\'patient\\'' numeric % years",
  '@Attribute sex {f, \'not said\', "m"}',
  '@attribute note string',
  '@attribute day date "dd/MM/yyyy HH:mm"',
  '@DATA',
  '',
].join('\n');

describe('openArff', () => {
  it('reads names, levels, quotation marks, comments, dates and what is missing', async () => {
    const source = await open(
      `${head}% none\n38,f,'it\\'s 5, or %',1/2/2024 08:30 % note\n\n ?,\t'not said',"?", ?\t\n`,
    );
    expect(source.names).toEqual(["age of 'patient'", 'sex', 'note', 'day']);
    expect(source.notes).toEqual({ sex: { levels: ['f', 'not said', 'm'] } });
    expect(await rowsOf(source)).toEqual([
      { line: 10, fields: ['38', 'f', "it's 5, or %", '2024-02-01T08:30:00'] },
      { line: 12, fields: ['', 'not said', '?', ''] },
    ]);
  });

  it('reads rows that are parted by white space', async () => {
    const text = "@attribute a real\n@attribute b string\n@data\n1\t'x y'\n  2   z % c\n";
    expect(await fields(text)).toEqual([
      ['1', 'x y'],
      ['2', 'z'],
    ]);
  });

  it('reads one attribute, whose values may have blanks', async () =>
    expect(await fields("@attribute a string\n@data\n'x y'\nz\n")).toEqual([['x y'], ['z']]));

  it.each([1, 2, 7, 64])('reads pieces of %i characters', async (size) => {
    const text = `${head}38,f,x,1/2/2024 08:30\n?,m,'',?\n41,f,"y",?`;
    expect(await fields(text, size)).toEqual(await fields(text));
  });

  it.each([
    ['too few values', `${head}38,f\n`, /^ward\.arff, line 9: 2 values where there are 4 attributes$/],
    ['too many', `${head}38,f,x,?,5,6\n`, /line 9: more than 4 values where/],
    ['a weight behind the row', `${head}38,f,x,?,{5}\n`, /more than 4 values/],
    ['a sparse row', `${head}38,f,x,?\n{1 f, 2 x}\n`, /line 10: a sparse row/],
    ['a quotation mark that is not closed', `${head}38,'f,x,?\n`, /line 9: a quotation mark is never closed/],
    ['text after a quotation mark', `${head}38,'f'g,x,?\n`, /more follows after the quotation mark/],
    ['a date of another format', `${head}38,f,x,2024-01-31\n`, /line 9, column "day": not a date of the format/],
    ['no data', '@relation x\n@attribute a real\n', /has no @data, or was cut short/],
    ['nothing', '', /no ARFF file/],
    ['another format', 'age,ill\n1,0\n', /line 1: neither @relation/],
    ['data before attributes', '@relation x\n@data\n1\n', /line 2: @data, and no @attribute/],
    [
      'a double attribute',
      '@attribute a real\n@attribute a real\n@data\n',
      /line 2, column "a": is declared on line 1/,
    ],
    ['a table in a cell', '@attribute a relational\n@data\n', /column "a": a relational attribute/],
    ['a type that is not known', '@attribute a number\n@data\n', /of no type that is known/],
    ['a format of dates that is not known', '@attribute a date "EEE MMM d"\n@data\n', /of the format EEE MMM d/],
    ['a list that is not closed', '@attribute a {x, y\n@data\n', /the list of values is never closed/],
  ])('refuses %s', (_, text, message) => refused(text, message));

  it('says nothing of what a cell holds', async () => {
    const secret = 'HIV-positive';
    for (const row of [`${secret}`, `1,'${secret}`, `1,f,x,${secret}`, `1,'f'${secret},x,?`])
      await expect(fields(`${head}${row}\n`)).rejects.toMatchObject({
        message: expect.not.stringContaining(secret),
      });
  });

  it('does not hold a line that never ends', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<string> {
      yield '@attribute a string\n@data\n';
      for (; read < 2 ** 31; read += 2 ** 20) yield 'x'.repeat(2 ** 20);
    }
    await expect(openArffText(endless(), 'x.arff').then(rowsOf)).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      message: expect.stringMatching(/line 3: a line of more than 64 Mi characters/),
    });
    expect(read).toBeLessThan(2 ** 27);
  });

  it('reads back any text', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        async (cells) => {
          const quoted = cells.map((cell) => `'${cell.replace(/['\\]/g, '\\$&').replace(/[\n\r]/g, ' ')}'`);
          const attributes = cells.map((_, i) => `@attribute a${i} string\n`).join('');
          const [row] = await fields(`${attributes}@data\n${quoted.join(',')}\n`);
          expect(row).toEqual(cells.map((cell) => cell.replace(/[\n\r]/g, ' ').trim()));
        },
      ),
    ));
});

describe('dateReader', () => {
  it.each([
    ["yyyy-MM-dd'T'HH:mm:ss", '2024-01-31T08:30:59', '2024-01-31T08:30:59'],
    ['dd.MM.yyyy', '3.1.2024', '2024-01-03'],
    ['yyyyMMdd', '20240131', '2024-01-31'],
    ['yyyyMMdd', '2024131', undefined],
    ['yyyy-MM-dd', '2024-1-31x', undefined],
  ])('%s', (format, text, iso) => expect(dateReader(format)!(text)).toBe(iso));

  it.each(['yy-MM-dd', 'HH:mm', 'yyyy-MM-dd z', 'yyyy yyyy MM dd'])('does not know %s', (format) =>
    expect(dateReader(format)).toBeUndefined(),
  );
});

const dataDir = process.env['FEDWARD_DATA'];
describe.skipIf(!dataDir)('ARFF files of hospitals (need FEDWARD_DATA)', () => {
  it.each([
    ['chronic-kidney-disease/chronic_kidney_disease_full.arff', 400, 25],
    ['dermatology/dermatology.arff', 366, 35],
    ['veteran/veteran.arff', 137, 8],
    ['gbsg2/GBSG2.arff', 686, 10],
    ['ecg200/ECG200_TRAIN.arff', 100, 97],
    ['ecg200/ECG200_TEST.arff', 100, 97],
  ])('%s has %i rows and %i columns', async (file, rows, columns) => {
    const source = await openArff(join(dataDir!, file));
    expect(source.names).toHaveLength(columns);
    expect(await rowsOf(source)).toHaveLength(rows);
  });

  it('stray tabs and blanks of the kidney data are no part of a value', async () => {
    const source = await openArff(join(dataDir!, 'chronic-kidney-disease/chronic_kidney_disease_full.arff'));
    const at = source.names.indexOf('class');
    expect(source.notes!['class']).toEqual({ levels: ['ckd', 'notckd'] });
    const rows = await rowsOf(source);
    expect(rows.filter((row) => row.fields[at] === 'ckd')).toHaveLength(250);
    expect(rows.flatMap((row) => row.fields).filter((cell) => cell === '')).toHaveLength(1012);
    expect(rows.flatMap((row) => row.fields).filter((cell) => /^\s|\s$|\?/.test(cell))).toHaveLength(0);
  });
});
