import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasServer, startServer, type TestServer } from '../testing/databases.js';
import { storeChecks } from '../testing/store-checks.js';
import type { Database } from './database.js';
import { openStore } from './open.js';

describe.skipIf(!hasServer())('a store in a PostgreSQL server', () => {
  let server: TestServer;
  let url: string;
  let database: Database;

  beforeAll(async () => {
    server = await startServer();
    url = await server.newDatabase();
    database = await openStore({ folder: '', url });
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  it.each(Object.entries(storeChecks))('%s', (_name, check) => check(database));

  it('is migrated once by two that start at once', async () => {
    const fresh = await server.newDatabase();
    const opened = await Promise.all([1, 2, 3].map(() => openStore({ folder: '', url: fresh })));
    try {
      expect(await opened[0]!.query('select number from schema_migrations')).toEqual([{ number: 1 }]);
    } finally {
      await Promise.all(opened.map((one) => one.close()));
    }
  });
});
