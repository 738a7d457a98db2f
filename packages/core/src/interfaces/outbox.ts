import type { Update } from './messages.js';

/** Whose answer to which task. */
export interface OutboxKey {
  readonly clientId: string;
  readonly runId: string;
  readonly round: number;
  /** Digest of all that an answer depends on beside the site's own data and noise: the same for the same task again. */
  readonly task: string;
}

/** An answer that was charged, computed and logged. */
export interface KeptAnswer {
  readonly update: Update;
  /** Of the entry of the site's own log that it is in, if of any. */
  readonly index?: number;
}

/**
 * The newest answer of a site to each run, for a task that comes again because the answer was lost: the same is then given
 * again, which tells nothing new and costs nothing. One on disk gives it beyond the life of the site's process.
 */
export interface Outbox {
  find(key: OutboxKey): Promise<KeptAnswer | undefined>;
  /**
   * Keeps an answer in the place of any of an earlier round. It lasts once this resolves; nothing leaves before.
   * @throws {FedwardError} STORAGE_FAILED
   */
  keep(key: OutboxKey, answer: KeptAnswer): Promise<void>;
}
