import { FedwardError } from '@fedward/core';
import { makeFolder } from '@fedward/kit-files';
import type { PGlite, PGliteInterface, Transaction } from '@electric-sql/pglite';
import type { Database, Queries } from './database.js';
import { databaseFailure } from './failure.js';

/**
 * PostgreSQL in WebAssembly, in this process, its data in a folder: no server, no native build. What was acknowledged is
 * there after the death of the process (`embedded.slow.test.ts` kills it). It is not flushed to the disk: what must outlive
 * the loss of power too, a run's checkpoints and what it has spent, is in files beside it.
 *
 * One process at a time may open a folder; whoever opens it holds the lock of the folder around it.
 *
 * @throws {FedwardError} STORAGE_FAILED where it can't be opened
 */
export async function openEmbedded(folder: string): Promise<Database> {
  let opened: PGlite;
  try {
    await makeFolder(folder);
    const { PGlite } = await import('@electric-sql/pglite');
    opened = await PGlite.create({ dataDir: folder });
  } catch (cause) {
    const why =
      'it does not open: bring back a copy of the folder from when no coordinator ran, or use a PostgreSQL server';
    const reason = databaseFailure(folder, cause).message;
    throw new FedwardError('STORAGE_FAILED', `${reason}; ${why}`, folder, { cause });
  }
  return new EmbeddedDatabase(folder, opened);
}

class EmbeddedDatabase implements Database {
  constructor(
    readonly where: string,
    private readonly database: PGlite,
  ) {}

  query<Row>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]> {
    return this.#asked(this.database, sql, values);
  }

  async transaction<T>(work: (within: Queries) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction((within) =>
        work({ query: (sql, values) => this.#asked(within, sql, values) }),
      );
    } catch (cause) {
      throw databaseFailure(this.where, cause);
    }
  }

  async close(): Promise<void> {
    if (!this.database.closed) await this.database.close();
  }

  async #asked<Row>(
    asked: Pick<PGliteInterface | Transaction, 'query'>,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    try {
      return (await asked.query<Row>(sql, [...values])).rows;
    } catch (cause) {
      throw databaseFailure(this.where, cause);
    }
  }
}
