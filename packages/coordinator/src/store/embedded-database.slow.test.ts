import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeChecks } from '../testing/store-checks.js';
import type { Database } from './database.js';
import { openStore } from './open.js';

describe('the embedded store', () => {
  let folder: string;
  let database: Database;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedward-store-'));
    database = await openStore({ folder: join(folder, 'store') });
  });
  afterAll(async () => {
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(storeChecks))('%s', (_name, check) => check(database));

  it('has all of it when it is opened again', async () => {
    const count = () => database.query<{ n: number }>('select count(*)::integer as n from study_events');
    const before = await count();
    expect(before[0]!.n).toBeGreaterThan(0);
    await database.close();
    database = await openStore({ folder: join(folder, 'store') });
    expect(await count()).toEqual(before);
  });

  it('tells what to do about a folder that is no store', async () => {
    const opening = openStore({ folder: '/dev/null/store' });
    await expect(opening).rejects.toMatchObject({ code: 'STORAGE_FAILED', subject: '/dev/null/store' });
  });
});
