import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TableSource } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsvRecords } from './read.js';
import { readStudySchema } from '../study/schema-file.js';
import { openCsv, openCsvSource } from './open.js';
import { csvOptionsSchema, type CsvOptionsInput } from './options.js';

/** Bytes that are made as they are asked for. */
function stream(beginning: string, piece: string, bytes: number, count = { read: 0 }) {
  const encoded = new TextEncoder().encode(piece);
  return async function* (): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(beginning);
    for (; count.read < bytes; count.read += encoded.length) yield encoded;
  };
}
const open = (pieces: () => AsyncIterable<Uint8Array>, options: CsvOptionsInput = {}) =>
  openCsv(pieces, 'ward.csv', csvOptionsSchema.parse(options));
const all = async (source: TableSource) => {
  let rows = 0;
  for await (const batch of source.rows) rows += batch.length;
  await source.close();
  return rows;
};

describe('a long line', () => {
  it('of more fields than a table has is refused', async () => {
    for (const field of ['', '"x"']) {
      const line = `a,b\n${`${field},`.repeat(300_000)}\n`;
      await expect(open(stream(line, '', 0)).then(all)).rejects.toThrow('line 2: more than 262144 fields');
    }
  });

  it('that is a record is read', async () => {
    const cell = `"${'x\n'.repeat(4_000_000)}"`;
    expect(await all(await open(stream(`a,b\n1,${cell}\n2,y\n`, '', 0)))).toBe(2);
  });
});

describe('many columns', () => {
  const header = (columns: number) => Array.from({ length: columns }, (_, i) => `c${i}`).join(',');
  it('are read up to 65,536', async () => {
    const source = await open(stream(`${header(65_536)}\n${header(65_536)}\n`, '', 0));
    expect([source.names.length, await all(source)]).toEqual([65_536, 1]);
  });
  it('are refused beyond, with their number and a way out', () =>
    expect(open(stream(`${header(100_000)}\n1\n`, '', 0))).rejects.toThrow(
      /line 1: 100000 columns; the most is 65536: .* "transposed"/,
    ));
  it('are refused of a file that is turned, before it is read to its end', async () => {
    const count = { read: 0 };
    const genes = async function* () {
      yield new TextEncoder().encode('gene,a\n');
      for (; count.read < 2 ** 31; count.read += 1000)
        yield new TextEncoder().encode(Array.from({ length: 1000 }, (_, i) => `g${count.read + i},1\n`).join(''));
    };
    await expect(open(genes, { transposed: { id: 'gene' } })).rejects.toThrow(
      /line 65537, column "gene": more than 65536 lines/,
    );
    expect(count.read).toBeLessThan(70_000);
  });
});

describe('bytes', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-bytes-'))));
  afterAll(() => rm(folder, { recursive: true }));

  const schema = {
    columns: ['age', 'bp'].map((name) => ({ name, kind: 'numeric' as const })),
    label: { name: 'ill', kind: 'class' as const, classes: ['no', 'yes'].map((name, i) => ({ name, values: [i] })) },
  };
  const text = 'name,age,bp,ill\nM\u00fcller,38,108,0\nSm\u00ed\u00f0,37,163,1\n';
  const swapped = (value: string) => Buffer.from(value, 'utf16le').swap16();
  const spellings: [string, Uint8Array, CsvOptionsInput?][] = [
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE with a byte order mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE with a byte order mark', swapped(`\ufeff${text}`)],
    ['Latin-1, which is said', Buffer.from(text, 'latin1'), { encoding: 'windows-1252' }],
    ['UTF-16 without a mark, which is said', Buffer.from(text, 'utf16le'), { encoding: 'utf-16le' }],
    ['line ends of old computers', Buffer.from(text.replaceAll('\n', '\r'))],
  ];
  it.each(spellings)('in %s are the same table', async (_, bytes, options = {}) => {
    const file = join(folder, 'ward.csv');
    await writeFile(file, bytes);
    const source = await openCsvSource(file, options);
    const rows = [];
    for await (const batch of source.rows) rows.push(...batch.map(({ fields }) => fields));
    await source.close();
    expect([source.names, ...rows]).toEqual(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(',')),
    );
    expect((await readCsvRecords(file, schema, options)).rows.used).toBe(2);
  });

  it.each([
    ['a byte order mark', (json: string) => Buffer.from(`\ufeff${json}`)],
    ['UTF-16 LE', (json: string) => Buffer.from(`\ufeff${json}`, 'utf16le')],
    ['UTF-16 BE', (json: string) => swapped(`\ufeff${json}`)],
    ['UTF-16 LE without a mark', (json: string) => Buffer.from(json, 'utf16le')],
  ])('of a schema in %s are the same schema', async (_, encoded) => {
    const [plain, other] = [join(folder, 'a.json'), join(folder, 'b.json')];
    const json = JSON.stringify({ ...schema, csv: { delimiter: ';' } });
    await Promise.all([writeFile(plain, json), writeFile(other, encoded(json))]);
    expect(await readStudySchema(other)).toEqual(await readStudySchema(plain));
  });
});
