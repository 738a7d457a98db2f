import type * as dataMedical from '@fedward/data-medical';
import { expect, it, vi } from 'vitest';
import { csvFolder } from '../../testing/csv-study.js';
import { csv } from './study.js';

const reading = vi.hoisted(() => ({ now: 0, most: 0, files: 0 }));

vi.mock('@fedward/data-medical', async (original) => {
  const real = await original<typeof dataMedical>();
  return {
    ...real,
    async readStudy(...args: Parameters<typeof dataMedical.readStudy>) {
      reading.files++;
      reading.most = Math.max(reading.most, ++reading.now);
      try {
        return await real.readStudy(...args);
      } finally {
        reading.now--;
      }
    },
  };
});

it('no two hospitals’ files are in memory as they were read', async () => {
  const folder = csvFolder({ a: 20, b: 20, c: 20 });
  expect((await csv.load({ dataDir: folder, seed: 1 })).ids).toEqual(['a', 'b', 'c']);
  expect(reading).toEqual({ now: 0, most: 1, files: 3 });
});
