import type { JsonObject } from '../base/json.js';
import type { EntryProof } from './audit.js';

/**
 * What binds a round together, for whoever has the public keys of its logs and nothing else: entries of the logs of all that
 * took part, each with the proof that it is in there, and the heads of the server's log that sites have cosigned.
 */
export interface RoundCertificate {
  readonly version: 1;
  readonly runId: string;
  readonly round: number;
  /** The server's entry `round-certified`: plan, data sheets, who took part, models, updates, price, heads of all logs. */
  readonly coordinator: EntryProof & {
    readonly verifierKey: string;
    /** The entry's details, where the log keeps them aside: the entry has their digest. */
    readonly details?: JsonObject;
  };
  /** Each participant's entry of the answer that is in the sum. */
  readonly sites: readonly (EntryProof & {
    readonly id: string;
    /** As the site said when it was met; absent where it did not. */
    readonly verifierKey?: string;
  })[];
  /** Signed checkpoints of the server's log, with the cosignatures of the sites that were sent them. */
  readonly witnessed: readonly string[];
}

/** Where certificates go. */
export interface CertificateStore {
  /** It lasts once this resolves; one of the same round gives way. @throws {FedwardError} STORAGE_FAILED */
  write(certificate: RoundCertificate): Promise<void>;
}
