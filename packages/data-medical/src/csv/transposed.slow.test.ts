import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWith } from '@fedward/core';
import { readTable, tableSchema, textRowReader, type TableSource } from '@fedward/kit-tables';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinSource } from '../join/join.js';
import { stackSources } from '../join/stack.js';
import { readCsvRecords } from './read.js';
import { openCsvSource } from './open.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-turned-'))));
afterAll(() => rm(folder, { recursive: true }));

const written = async (text: string, name = 'genes.csv') => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const all = async (source: TableSource) => {
  const rows = [];
  for await (const batch of source.rows) rows.push(...batch.map(({ line, fields }) => ({ line, fields })));
  await source.close();
  return rows;
};
const transposed = { id: 'gene', samples: 'patient', skip: ['description', 'call*'] };

describe('a file whose columns are the samples', () => {
  const text = 'description,gene,7,call,3,call.1,\n"a, b",G1,-21,A,5,P,\nc,G2,1.5,P,?,M,\n,,,,,,\n';

  it('has a row for each sample', async () => {
    const source = await openCsvSource(await written(text), { transposed });
    expect(source.names).toEqual(['patient', 'G1', 'G2']);
    expect(await all(source)).toEqual([
      { line: 3, fields: ['7', '-21', '1.5'] },
      { line: 5, fields: ['3', '5', '?'] },
    ]);
    expect(source.remarks?.()).toEqual([expect.stringContaining('1 columns have no name')]);
  });

  it('says of a cell in which column of the file it is', async () => {
    const columns = ['G1', 'G2'].map((name) => ({ name, kind: 'numeric' as const }));
    const schema = { columns, label: { name: 'patient', kind: 'value' as const } };
    await expect(readCsvRecords(await written(text), schema, { transposed })).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      message: expect.stringMatching(/genes\.csv, turned, line 5, column "G2": there is no value/),
    });
  });

  it.each([
    ['a name of nothing', 'gene,1\nG1,5\n,5\n', /line 3, column "gene": there is no name/],
    ['one name twice', 'gene,1\nG1,5\nG2,5\nG1,4\n', /line 4, column "gene": is named as line 2 is/],
    ['the name of the samples', 'gene,1\npatient,5\n', /is named as the column of the samples/],
    ['no column of names', 'probe,1\nG1,5\n', /no column is named "gene"/],
    ['no sample', 'gene,call\nG1,5\n', /no column of samples is left/],
    ['a sample twice', 'gene,1,1\nG1,5,6\n', /columns 2 and 3 have one name/],
    ['a short line', 'gene,1,2\nG1,5\n', /line 2: 2 fields where there are 3 columns/],
  ])('is refused for %s', async (_, content, message) => {
    const opened = openCsvSource(await written(content), { transposed }).then(all);
    await expect(opened).rejects.toMatchObject({ code: 'DATA_MALFORMED', message: expect.stringMatching(message) });
  });

  it('is what turning it by hand gives, whatever its size', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), async (samples, genes) => {
        const cell = (i: number, j: number) => String((i + 1) * 100 + j);
        const ids = Array.from({ length: samples }, (_, i) => `s${i}`);
        const lines = Array.from({ length: genes }, (_, j) => [`g${j}`, ...ids.map((_id, i) => cell(i, j))].join(';'));
        const file = await written(`gene;${ids.join(';')}\n${lines.join('\n')}\n`);
        const rows = await all(await openCsvSource(file, { transposed }));
        expect(rows.map(({ fields }) => fields)).toEqual(
          ids.map((id, i) => [id, ...Array.from({ length: genes }, (_, j) => cell(i, j))]),
        );
      }),
      { numRuns: 20 },
    ));
});

describe('skipLines', () => {
  it('leaves lines out, and counts them', async () => {
    const file = await written('Study 4\n"a note\n\nage,ill\n5,x\n');
    const source = await openCsvSource(file, { skipLines: 3 });
    expect(source.names).toEqual(['age', 'ill']);
    expect(await all(source)).toEqual([{ line: 5, fields: ['5', 'x'] }]);
    expect((await openCsvSource(file, { skipLines: 9 })).names).toEqual([]);
    await expect(openCsvSource(file, { skipLines: -1 })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

const dataDir = process.env['FEDWARD_DATA'];
describe.skipIf(!dataDir)('leukaemia as a table (needs FEDWARD_DATA)', () => {
  it('has 72 patients, 7,129 genes and a diagnosis', async () => {
    const file = (name: string) => join(dataDir!, 'leukemia', name);
    const options = {
      transposed: { id: 'Gene Accession Number', samples: 'patient', skip: ['Gene Description', 'call'] },
    };
    const parts = ['data_set_ALL_AML_train.csv', 'data_set_ALL_AML_independent.csv'];
    const opened = await Promise.all(parts.map((part) => openCsvSource(file(part), options)));
    const stack = stackSources(opened, { column: 'set', values: ['train', 'test'] });
    const table = await joinSource(stack, await openCsvSource(file('actual.csv')), { on: 'patient' });
    expect(table.names).toHaveLength(1 + 7129 + 2);
    const genes = table.names.slice(1, 7130);
    const schema = parseWith(
      tableSchema,
      {
        columns: [{ name: 'genes', kind: 'vector', shape: [7129], from: { first: genes[0], last: genes.at(-1) } }],
        label: {
          name: 'cancer',
          kind: 'class',
          classes: ['ALL', 'AML'].map((name) => ({ name, values: [name] })),
        },
        patientId: 'patient',
        split: { column: 'set', test: ['test'] },
      },
      'the schema',
    );
    const read = textRowReader(schema, table.names, { file: 'leukaemia' });
    const records = await readTable('leukaemia', schema, table.rows, read);
    await table.close();
    expect(records.count).toBe(72);
    expect(records.labels.reduce((sum, label) => sum + label, 0)).toBe(25); // AML
    expect(records.testing!.filter(Boolean)).toHaveLength(34);
    expect(new Set(records.patientIds)).toEqual(new Set(Array.from({ length: 72 }, (_, i) => String(i + 1))));
    expect(table.remarks?.()).toEqual([]);
  });
});
