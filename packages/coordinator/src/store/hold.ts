import { setTimeout as sleep } from 'node:timers/promises';
import { FedwardError, isFedwardError } from '@fedward/core';
import type { Client } from 'pg';
import { databaseFailure } from './failure.js';

/** Of the advisory lock of PostgreSQL, which is one a database: any number, the same for all coordinators. */
const lockNumber = 7_331_416;
/** The session of a process that was killed may live on for a moment, milliseconds. */
const patience = 5000;
const lookAgainAfter = 500;

/** That a database is one coordinator's: two would each run the same studies. */
export interface Hold {
  /** @throws {FedwardError} CONFIG_INVALID, STORAGE_FAILED while it is not held: nothing may be written then */
  assertHeld(): void;
  close(): Promise<void>;
}

/**
 * Takes a server's database for this process alone, for as long as its connection lives; one that is lost is made again.
 * @param where for people, without a password
 * @throws {FedwardError} CONFIG_INVALID where another coordinator has it; STORAGE_FAILED where nobody answers
 */
export async function holdDatabase(url: string, where: string): Promise<Hold> {
  const { default: pg } = await import('pg');
  let closed = false;
  let held: Client | undefined;
  let why: FedwardError | undefined;

  const take = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true, application_name: 'fedward coordinator (lock)' }); // prettier-ignore
    const lost = (cause: unknown): void => {
      if (held !== client || closed) return;
      held = undefined;
      why = databaseFailure(where, cause);
      void again();
    };
    client.on('error', lost);
    client.on('end', () => lost(new Error('the connection was closed')));
    try {
      await client.connect();
      const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [lockNumber]);
      if (!rows[0]?.taken) throw occupied(where);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw databaseFailure(where, error);
    }
    if (closed) return client.end();
    held = client;
    why = undefined;
  };

  const again = async (): Promise<void> => {
    while (!held && !closed) {
      await take().catch((error: unknown) => (why = isFedwardError(error) ? error : databaseFailure(where, error)));
      if (!held) await sleep(lookAgainAfter, undefined, { ref: false });
    }
  };

  for (const end = performance.now() + patience; ;) {
    try {
      await take();
      break;
    } catch (error) {
      if ((error as FedwardError).code !== 'CONFIG_INVALID' || performance.now() > end) throw error;
      await sleep(lookAgainAfter);
    }
  }
  return {
    assertHeld() {
      if (!held) throw why ?? databaseFailure(where, new Error('the lock is not held'));
    },
    async close() {
      closed = true;
      await held?.end().catch(() => undefined);
    },
  };
}

function occupied(where: string): FedwardError {
  const message = `another coordinator works with the store ${where}: stop it, or give this one a database of its own (store.url)`;
  return new FedwardError('CONFIG_INVALID', message, where);
}
