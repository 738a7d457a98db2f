import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findScenario } from '../index.js';

const rows = Array.from({ length: 40 }, (_, i) => `${i},${20 + ((i * 7) % 60)},${i % 3 === 0 ? 1 : 0}`);

function hospital(about: object = {}): { readonly folder: string; readonly table: string; readonly schema: string } {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-only-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [table, schema] = [join(folder, 'north.csv'), join(folder, 'schema.json')];
  writeFileSync(table, ['patient,age,sick', ...rows].join('\n'));
  const classes = [0, 1].map((value) => ({ name: String(value), values: [value] }));
  const columns = [{ name: 'age', kind: 'numeric', ...('standardization' in about ? {} : { range: [0, 110] }) }];
  const label = { name: 'sick', kind: 'class', classes };
  writeFileSync(schema, JSON.stringify({ columns, label, patientId: 'patient', ...about }));
  return { folder, table, schema };
}

it('a hospital by itself has the records that it has in a folder of all', async () => {
  const { folder, table, schema } = hospital();
  const study = findScenario('study');
  const all = await study.load({ seed: 1, dataDir: folder });
  const alone = await study.load({ seed: 1, dataDir: table, schemaFile: schema, only: 'north' });
  expect(alone.ids).toEqual(['north']);
  expect(alone.inputs).toEqual(all.inputs);
  expect(alone.hospital('north').train).toEqual(all.hospital('north').train);
});

it('and is refused what it would have to learn of the others', async () => {
  const { table, schema } = hospital({ standardization: 'federation' });
  const load = findScenario('study').load({ seed: 1, dataDir: table, schemaFile: schema, only: 'north' });
  await expect(load).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'schema' });
});
