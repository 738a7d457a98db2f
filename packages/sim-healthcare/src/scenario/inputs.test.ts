import { cpSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { csvFolder } from '../testing/csv-study.js';
import { findScenario, scenarios } from './index.js';

const dataDir = process.env['FEDWARD_DATA'];

const testable = scenarios.filter(
  ({ name, needsData }) => !['csv', 'study'].includes(name) && (!needsData || dataDir !== undefined),
);

it.each(testable.map(({ name }) => name))(
  '%s says what it is made of, which depends on nothing but its options',
  async (name) => {
    const scenario = findScenario(name);
    const load = (seed: number) => scenario.load({ seed, dataDir });
    const [one, again, other] = await Promise.all([load(1), load(1), load(2)]);
    const { inputs } = one;
    expect(inputs).toEqual(again.inputs);
    for (const { data } of inputs!.hospitals) expect(data).toMatch(/^sha256:[0-9a-f]{64}$/);
    if (one.tabulated) expect(inputs!.hospitals.map(({ id }) => id)).toEqual(one.ids);
    // Real data stay the same whatever the seed; which of 42 patients are at which hospital does not.
    const same = name.startsWith('heart-disease');
    if (same) expect(other.inputs!.hospitals).toEqual(inputs!.hospitals);
    else expect(other.inputs!.hospitals).not.toEqual(inputs!.hospitals);
  },
);

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
