import type { Database } from './database.js';
import { openEmbedded } from './embedded.js';
import { migrate } from './migrate.js';
import { openServer } from './server.js';

/** Where a coordinator's store is. */
export interface StorePlace {
  /** Of the embedded database. */
  readonly folder: string;
  /** Of a PostgreSQL server; the folder is not used then. */
  readonly url?: string | undefined;
  /** Of a server: whether it is taken for this process alone. The embedded one is its folder's, which has a lock. Default: no. */
  readonly alone?: boolean;
}

/** Opens the store and brings it to this software's schema. @throws {FedwardError} as `openEmbedded`, `openServer`, `migrate` */
export async function openStore({ folder, url, alone }: StorePlace): Promise<Database> {
  const database = await (url === undefined ? openEmbedded(folder) : openServer(url, alone));
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
