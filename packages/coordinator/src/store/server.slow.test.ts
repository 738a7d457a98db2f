import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasServer, startServer, type TestServer } from '../testing/databases.js';
import { storeChecks } from '../testing/store-checks.js';
import type { Database } from './database.js';
import { openStore } from './open.js';
import { openServer } from './server.js';

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

  it('is one coordinator’s: a second is refused by name until the first has gone', async () => {
    const place = { folder: '', url: await server.newDatabase(), alone: true };
    const first = await openStore(place);
    await expect(openStore(place)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('another coordinator works with the store') as string,
    });
    await first.close();
    await (await openStore(place)).close();
  });

  it('is taken again where the connection was lost', async () => {
    const place = { folder: '', url: await server.newDatabase(), alone: true };
    const first = await openStore(place);
    const other = await openServer(place.url);
    // As a server does that is started again.
    const session = await holdsNow(other);
    await other.query('select pg_terminate_backend($1)', [session]);
    await expect
      .poll(() =>
        first.query('select 1').then(
          () => 'written',
          () => 'refused',
        ),
      ) // prettier-ignore
      .toBe('written');
    expect(await holdsNow(other)).not.toBe(session);
    await first.close();
    await other.close();
  });
});

async function holdsNow(database: Database): Promise<number> {
  for (;;) {
    const [row] = await database.query<{ pid: number }>(
      "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
    );
    if (row) return row.pid;
  }
}
