import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectCsv, readStudySchema } from '../index.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-schema-'))));
afterAll(() => rm(folder, { recursive: true }));

const schema = { columns: [{ name: 'age', kind: 'numeric' }], label: { name: 'y', kind: 'value' } };
const text = JSON.stringify(schema, null, 2);

async function read(content: string | Uint8Array) {
  const file = join(folder, 'schema.json');
  await writeFile(file, content);
  return readStudySchema(file);
}

describe('readStudySchema', () => {
  it.each<[string, string | Uint8Array]>([
    ['UTF-8', text],
    ['a byte order mark', '\ufeff' + text],
    ['UTF-16 with its mark', Buffer.from('\ufeff' + text, 'utf16le')],
    ['UTF-16 without it', Buffer.from(text, 'utf16le')],
    ['UTF-16, the other way', Buffer.from('\ufeff' + text, 'utf16le').swap16()],
  ])('reads %s', async (_, content) => {
    const found = await read(content);
    expect(found.written).toEqual(schema);
    expect(found.schema.label.missing).toBe('error');
    expect(found.source).toEqual({});
  });

  it('takes the proposal out of all that `data inspect --json` prints', async () => {
    const ward = join(folder, 'ward.csv');
    await writeFile(ward, ['age;y', ...Array.from({ length: 40 }, (_, i) => `${30 + i};${i % 2}`)].join('\n'));
    const inspected = await inspectCsv(ward);
    const { schema: found, source, written } = await read(JSON.stringify(inspected, null, 2));
    expect(source.csv).toMatchObject({ delimiter: ';' });
    expect(found.label.name).toBe('y');
    expect(written).toEqual(inspected.proposedSchema);
  });

  it.each([
    ['null', 'CONFIG_INVALID', /schema\.json holds null where a schema should be: \{ "columns"/],
    ['[]', 'CONFIG_INVALID', /holds a list where/],
    ['"x"', 'CONFIG_INVALID', /holds a string where/],
    ['7', 'CONFIG_INVALID', /holds a number where/],
    ['{}', 'CONFIG_INVALID', /is no schema: it has neither columns nor a label/],
    ['{"notPublic": "", "leftOut": []}', 'CONFIG_INVALID', /for which it proposed no schema/],
    ['', 'FILE_INVALID', /is empty: a schema is/],
    ['{\n"columns": [,]}', 'FILE_INVALID', /not JSON: a comma, a bracket or a quotation mark/],
    ['{\n"columns": [', 'FILE_INVALID', /not JSON: it ends in the middle/],
    ['{"columns": 1, "label": null}', 'CONFIG_INVALID', /schema\.json is not valid: columns: .*; label: /],
    [
      '{"columns": [], "label": {}, "csv": {"delimiter": "::"}}',
      'CONFIG_INVALID',
      /schema\.json is not valid: csv\.delimiter: one character/,
    ],
  ])('refuses %j in a sentence', async (content, code, message) => {
    await expect(read(content)).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('names the first faults of many, and how many more there are', async () => {
    const columns = Array.from({ length: 30 }, (_, i) => ({ name: `c${i}` }));
    await expect(read(JSON.stringify({ columns, label: schema.label }))).rejects.toThrow(
      /(columns\.\d+.*){3}; and 27 more$/,
    );
  });

  it('is not read beyond what a schema can be', () =>
    expect(read(' '.repeat(32 * 2 ** 20 + 1))).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_INVALID', message: expect.stringMatching(/larger than 32 MiB/) }),
    ));

  it('says what it is where it is not there', () =>
    expect(readStudySchema(join(folder, 'nowhere.json'))).rejects.toThrow(
      /there is no such file: .*data inspect FILE\.csv --write/,
    ));
});
