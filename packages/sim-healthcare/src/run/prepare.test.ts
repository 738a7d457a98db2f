import { isAbsolute, relative } from 'node:path';
import { expect, it, vi } from 'vitest';
import { manyClients } from '../scenario/many-clients.js';
import { csvFolder } from '../testing/csv-study.js';
import { prepare } from './prepare.js';

it('keeps whole paths, so that a run is gone on with from any folder', async () => {
  const dataDir = csvFolder({ north: 20 });
  const { simulation } = await prepare({ scenario: 'csv', dataDir: relative('.', dataDir), privacy: 'none' }, 'r');
  expect(simulation.dataDir).toBe(dataDir);
  expect(isAbsolute(dataDir)).toBe(true);
});

it('refuses more hospitals than a scenario has before it makes any', async () => {
  const load = vi.spyOn(manyClients, 'load');
  const run = prepare({ scenario: 'many-clients', hospitals: 2 ** 53 - 1 }, 'r');
  await expect(run).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: '--hospitals' });
  expect(load).not.toHaveBeenCalled();
});
