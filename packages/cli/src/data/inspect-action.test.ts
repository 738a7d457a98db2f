import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCsvDataset, readStudySchema } from '@fedward/data-medical';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { inspectAction, type InspectFlags } from './inspect-action.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-inspect-action-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.restoreAllMocks());

/** Semicolons, Latin-1, decimal commas, and no line of names. */
const file = join(folder, 'süd.csv');
const rows = Array.from({ length: 60 }, (_, i) => `${30 + i},5;${['männlich', 'weiblich'][i % 2]};${i % 3 ? 0 : 1}`);
writeFileSync(file, Buffer.from(rows.join('\r\n'), 'latin1'));
const told = { delimiter: ';', encoding: 'latin1', decimal: ',', header: 'age, sex, ill' } as const;

async function inspect(flags: InspectFlags): Promise<string> {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
  await inspectAction([file], flags);
  vi.restoreAllMocks();
  return text;
}

describe('data inspect', () => {
  it.each([
    ['--write', async (schema: string) => void (await inspect({ ...told, label: 'ill', write: schema }))],
    ['--json', async (schema: string) => writeFileSync(schema, await inspect({ ...told, label: 'ill', json: true }))],
  ])('leaves by %s a schema by which the same file is read, and inspected again', async (name, leave) => {
    const path = join(folder, `schema${name}.json`);
    await leave(path);
    const { schema, source } = await readStudySchema(path);
    const { dataset } = await readCsvDataset(file, schema, source.csv);
    expect(dataset.count).toBe(60);
    expect(readFileSync(path, 'utf8')).toContain('männlich');
    // The schema's own csv section is obeyed.
    const text = await inspect({ schema: path });
    expect(text).toContain('60 rows');
    expect(text).toContain(`fits ${path}: 60 of 60 rows used`);
  });

  it('overwrites no schema', async () => {
    const path = join(folder, 'mine.json');
    writeFileSync(path, '{}');
    await expect(inspectAction([file], { ...told, write: path })).rejects.toMatchObject({ subject: '--write' });
    expect(readFileSync(path, 'utf8')).toBe('{}');
  });

  it('marks what it read from the data as not public', async () => {
    expect(await inspect(told)).toMatch(/^Not public\. /m);
  });
});
