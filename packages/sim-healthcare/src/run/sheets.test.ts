import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { csvFolder } from '../testing/csv-study.js';
import { runEvents } from '../testing/run-events.js';
import { simulate } from './simulate.js';

const run = async (privacy: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-sheets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dataDir = join(csvFolder({ table: 60 }), 'table.csv');
  const out = join(folder, 'run');
  const schema = join(dataDir, '..', 'schema.json');
  const partition = 'iid:3';
  await simulate({ scenario: 'study', dataDir, schema, partition, privacy, rounds: 1, local: false, workers: 1 }, out);
  return runEvents(out);
};

it('each hospital takes part with a digest of its own sheet and records, which the log has from the site as well', async () => {
  const events = await run('none');
  const logged = events.filter(({ type }) => type === 'data').map(({ details }) => details);
  const digests = logged.map(({ dataSheet }) => dataSheet);
  expect(new Set(digests).size).toBe(3);
  const counts = logged.map(({ rows }) => rows as { read: number; used: number; dropped: []; missing: [] });
  expect(counts.reduce((sum, { used }) => sum + used, 0)).toBe(60);
  for (const { read, used, dropped, missing } of counts) expect({ read, dropped, missing }).toEqual({ read: used, dropped: [], missing: [] }); // prettier-ignore
  const { sites } = events.find(({ type }) => type === 'run-start')!.details as { sites: { dataSheet?: string }[] };
  expect(sites.map(({ dataSheet }) => dataSheet)).toEqual(digests);
  // A secret number of the run is in them: the same data give other digests in another run.
  const again = (await run('none')).filter(({ type }) => type === 'data').map(({ details }) => details['dataSheet']);
  expect(again.filter((digest) => digests.includes(digest!))).toEqual([]);
});
