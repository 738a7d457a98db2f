/** Asks, in PostgreSQL's SQL with `$1`, `$2`, … for values. Numbers are `integer`, all else is `text` or `boolean`: both databases give these alike. */
export interface Queries {
  /** @throws {FedwardError} STORAGE_FAILED with the database's own words */
  query<Row>(sql: string, values?: readonly (string | number | boolean | null)[]): Promise<readonly Row[]>;
}

/** A database of PostgreSQL's dialect: the embedded one, or a server's. */
export interface Database extends Queries {
  /** In words, for people: where it is, without a password. */
  readonly where: string;
  /**
   * All of what is asked in it, or nothing. What `work` throws is thrown after it was taken back.
   * @throws {FedwardError} STORAGE_FAILED
   */
  transaction<T>(work: (within: Queries) => Promise<T>): Promise<T>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
