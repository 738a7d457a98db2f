import { cpSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { csvFolder } from '../testing/csv-study.js';
import { saysInputs } from '../testing/says-inputs.js';
import { findScenario } from './index.js';

saysInputs('small');

it("tells a caller's hospitals apart by what is in their files, not by how they are called", async () => {
  const folder = csvFolder({ north: 30, south: 24 });
  const copy = mkdtempSync(join(tmpdir(), 'fedward-copy-'));
  cpSync(folder, copy, { recursive: true });
  renameSync(join(copy, 'north.csv'), join(copy, 'arctic.csv'));
  const inputsOf = async (from: string) => (await findScenario('csv').load({ seed: 1, dataDir: from })).inputs!;
  const [before, after] = [await inputsOf(folder), await inputsOf(copy)];
  expect(before.hospitals.map(({ id }) => id)).toEqual(['north', 'south']);
  const { sheet } = after.hospitals[0]!; // which names the file
  expect(sheet).not.toBe(before.hospitals[0]!.sheet);
  expect(after.hospitals).toEqual([{ ...before.hospitals[0], id: 'arctic', sheet }, before.hospitals[1]]);
  expect(before.schema).toBe(after.schema);
});
