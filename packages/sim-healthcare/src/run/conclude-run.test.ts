import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { csvFolder } from '../testing/csv-study.js';
import { simulate } from './simulate.js';
import type { SimulationResult } from './result.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-conclude-'));
afterAll(() => rmSync(folder, { recursive: true }));
const common = { rounds: 1, local: false, workers: 1 } as const;

describe('a result', () => {
  it.each([
    ['tutorial-041', true],
    ['dp-sgd', false],
  ] as const)('under %s says of the number of records that it was released: %s', async (privacy, isReleased) => {
    const options = { ...common, scenario: 'tutorial', hospitals: 2, privacy } as const;
    const { withheld, released, notReleased } = (await simulate(options, join(folder, privacy))).privacy!;
    const told = (of: readonly string[]) => of.join('; ').includes('number of records');
    expect([told(released), told(withheld), told(notReleased)]).toEqual([isReleased, !isReleased, !isReleased]);
  });

  it('has the rows of each hospital, in result.json too', async () => {
    const out = join(folder, 'csv');
    const { hospitals } = await simulate({ ...common, scenario: 'csv', dataDir: csvFolder({ north: 24 }) }, out);
    expect(hospitals).toMatchObject([{ id: 'north', rows: { read: 24, used: 24, dropped: [] } }]);
    const written = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as SimulationResult;
    expect(written.hospitals[0]!.rows).toEqual(hospitals[0]!.rows);
  });
});
