import { FedwardError } from '@fedward/core';
import type { Database } from './database.js';
import { migrations as ours, type Migration } from './migrations.js';

/** The number of the lock: what it is does not matter, as long as it stays. */
const turns = 16_184;

/**
 * Brings a database to this software's schema, in one transaction: after a crash it has the old one or the new.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for one that newer software has made; STORAGE_FAILED
 */
export async function migrate(database: Database, migrations: readonly Migration[] = ours): Promise<void> {
  await database.transaction(async (within) => {
    await within.query('select pg_advisory_xact_lock($1)', [turns]); // two that start at once take turns
    await within.query(
      'create table if not exists schema_migrations (number integer primary key, name text not null, time text not null)',
    );
    const done = await within.query<{ number: number }>('select number from schema_migrations order by number');
    const newest = done.at(-1)?.number ?? 0;
    if (newest > migrations.length)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `the store (${database.where}) has schema ${newest}, this software knows ${migrations.length}: ` +
          'run the newer version of @fedward/coordinator that made it',
        database.where,
      );
    for (const [index, { name, statements }] of migrations.entries()) {
      if (index < newest) continue;
      for (const statement of statements) await within.query(statement);
      const made = [index + 1, name, new Date().toISOString()];
      await within.query('insert into schema_migrations (number, name, time) values ($1, $2, $3)', made);
    }
  });
}
