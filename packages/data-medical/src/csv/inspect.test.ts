import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectCsv, readCsvDataset, type InspectOptionsInput } from '../index.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-inspect-'))));
afterAll(() => rm(folder, { recursive: true }));

/** 60 patients: an id, a name, a quantity, a code with a gap, text codes, nothing at all, and the outcome. */
const rows = Array.from({ length: 60 }, (_, i) =>
  [1000 + i, `Person ${i}`, 20.5 + i, i === 7 ? '?' : i % 3, ['F', 'M'][i % 2], '', i % 4 === 0 ? 1 : 0].join(','),
);
const content = ['patient_id,name,age,stage,sex,nothing,outcome', ...rows].join('\n');

async function inspect(text: string, options?: InspectOptionsInput) {
  const file = join(folder, 'ward.csv');
  await writeFile(file, text);
  return inspectCsv(file, options);
}

describe('inspectCsv', () => {
  it('says what each column holds', async () => {
    const { columns, rows: count } = await inspect(content);
    expect(count).toBe(60);
    expect(columns).toEqual([
      { name: 'patient_id', kind: 'numeric', missing: 0, minimum: 1000, maximum: 1059 },
      { name: 'name', kind: 'text', missing: 0 },
      { name: 'age', kind: 'numeric', missing: 0, minimum: 20.5, maximum: 79.5 },
      { name: 'stage', kind: 'categorical', missing: 1, minimum: 0, maximum: 2, levels: [0, 1, 2] },
      { name: 'sex', kind: 'binary', missing: 0, levels: ['F', 'M'] },
      { name: 'nothing', kind: 'empty', missing: 60 },
      { name: 'outcome', kind: 'binary', missing: 0, minimum: 0, maximum: 1, levels: [0, 1] },
    ]);
  });

  it('proposes a schema by which the file can be read', async () => {
    const { proposedSchema, file } = await inspect(content);
    expect(proposedSchema).toEqual({
      columns: [
        { name: 'age', kind: 'numeric', missing: 'error' },
        { name: 'stage', kind: 'categorical', levels: [0, 1, 2], dropFirst: false, missing: 'drop-row' },
        { name: 'sex', kind: 'binary', levels: ['F', 'M'], missing: 'error' },
      ],
      label: {
        name: 'outcome',
        kind: 'class',
        classes: [
          { name: '0', values: [0] },
          { name: '1', values: [1] },
        ],
        missing: 'error',
      },
      patientId: 'patient_id',
    });
    const { dataset, rows: counts } = await readCsvDataset(file, proposedSchema!);
    expect(dataset.count).toBe(59);
    expect(counts.dropped).toEqual([{ reason: 'no value in stage', rows: 1 }]);
  });

  it('takes another label', async () => {
    const { proposedSchema } = await inspect(content, { label: 'age' });
    expect(proposedSchema!.label).toEqual({ name: 'age', kind: 'value', missing: 'error' });
    expect(proposedSchema!.columns.map(({ name }) => name)).toEqual(['stage', 'sex', 'outcome']);
    for (const label of ['name', 'nobody', 'nothing'])
      await expect(inspect(content, { label })).rejects.toThrow(/no column ".*" that could be a label/);
  });

  it('shows nothing of columns with many values, nor of rare ones', async () => {
    expect(JSON.stringify(await inspect(content))).not.toMatch(/Person|1001/);
    const few = 'name,age,y\nAnna,30,1\nBert,40,0\n';
    expect(JSON.stringify(await inspect(few))).not.toMatch(/Anna|Bert/);
  });

  it('shows no first row as if it were names', async () => {
    await expect(inspect('63.0,1.0,M\n67.0,1.0,F\n')).rejects.toThrow(/line 1: most of this first line are numbers/);
  });

  it('proposes nothing where nothing could be a feature', async () => {
    expect((await inspect('name\nAnna\n')).proposedSchema).toBeUndefined();
    expect((await inspect('y\n1\n')).proposedSchema).toBeUndefined();
  });

  it('refuses an empty file', async () => {
    await expect(inspect('')).rejects.toThrow(expect.objectContaining({ code: 'DATA_EMPTY' }));
  });
});
