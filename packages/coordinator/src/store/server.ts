import { FedwardError } from '@fedward/core';
import type { Pool, PoolClient } from 'pg';
import type { Database, Queries } from './database.js';
import { databaseFailure } from './failure.js';
import { holdDatabase, type Hold } from './hold.js';

/** How long a connection is waited for, milliseconds. */
const patience = 10_000;

/**
 * A PostgreSQL server's database.
 * @param url `postgres://user:password@host:port/database`, with `?sslmode=verify-full&sslrootcert=FILE` across a network
 * @param alone true: it is one coordinator's, and another is refused; see `holdDatabase`
 * @throws {FedwardError} CONFIG_INVALID for what is no such URL, or has another coordinator; STORAGE_FAILED where nobody answers
 */
export async function openServer(url: string, alone = false): Promise<Database> {
  const where = withoutPassword(url);
  const hold = alone ? await holdDatabase(url, where) : undefined;
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: patience,
    application_name: 'fedward coordinator',
  });
  pool.on('error', () => undefined); // an idle connection that is lost; the next question makes a new one, or tells
  const database = new ServerDatabase(where, pool, hold);
  try {
    await database.query('select 1');
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

class ServerDatabase implements Database {
  constructor(
    readonly where: string,
    private readonly pool: Pool,
    private readonly hold: Hold | undefined,
  ) {}

  query<Row>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]> {
    return this.#asked(this.pool, sql, values);
  }

  async transaction<T>(work: (within: Queries) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((cause: unknown) => {
      throw databaseFailure(this.where, cause);
    });
    let lost: Error | undefined;
    try {
      await this.#asked(client, 'begin');
      const given = await work({ query: (sql, values) => this.#asked(client, sql, values) });
      await this.#asked(client, 'commit');
      return given;
    } catch (error) {
      await client.query('rollback').catch((cause: Error) => (lost = cause));
      throw error;
    } finally {
      client.release(lost); // one that could not even take back is not used again
    }
  }

  async close(): Promise<void> {
    if (!this.pool.ended) await this.pool.end();
    await this.hold?.close();
  }

  async #asked<Row>(
    asked: Pick<Pool | PoolClient, 'query'>,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    this.hold?.assertHeld();
    try {
      return (await asked.query(sql, [...values])).rows as Row[];
    } catch (cause) {
      throw databaseFailure(this.where, cause);
    }
  }
}

/** For messages and logs. @throws {FedwardError} CONFIG_INVALID; the URL is not in the message, it may hold a password */
function withoutPassword(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'postgres:' && parsed?.protocol !== 'postgresql:')
    throw new FedwardError(
      'CONFIG_INVALID',
      'store.url: it must begin with postgres://, as postgres://user@host:5432/database does',
      'store.url',
    );
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
