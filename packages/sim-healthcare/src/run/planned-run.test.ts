import { isAbsolute, relative } from 'node:path';
import { expect, it, vi } from 'vitest';
import { manyClients } from '../scenario/many-clients.js';
import { csvFolder } from '../testing/csv-study.js';
import { planRun } from './planned-run.js';

it('keeps whole paths, so that a run is gone on with from any folder', async () => {
  const dataDir = csvFolder({ north: 20 });
  const { planned } = await planRun({ scenario: 'csv', dataDir: relative('.', dataDir), privacy: 'none' }, 'r');
  expect(planned.simulation.dataDir).toBe(dataDir);
  expect(isAbsolute(dataDir)).toBe(true);
});

it('refuses more hospitals than a scenario has before it makes any', async () => {
  const load = vi.spyOn(manyClients, 'load');
  const run = planRun({ scenario: 'many-clients', hospitals: 2 ** 53 - 1 }, 'r');
  await expect(run).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: '--hospitals' });
  expect(load).not.toHaveBeenCalled();
});

it('refuses a drop rate that is none by its name', async () => {
  const run = planRun({ scenario: 'tutorial', dropRate: 2 }, 'r');
  await expect(run).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'dropRate' });
});
