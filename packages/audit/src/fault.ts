/** Something in a log that is not as it was written. */
export interface AuditFault {
  /** From the log's folder on: `checkpoint`, `journal`, `tile/entries/000`. */
  readonly file: string;
  /** Number of the entry that it is about, from 1 on; in a log of version 0.1 the line of its file. */
  readonly line: number;
  /** Where in the file what is wrong begins. */
  readonly byteOffset: number;
  /** Index of the entry that belongs there; absent for what is about all of them, as a head. */
  readonly index?: number;
  readonly message: string;
}

/** A log with more faults than this is not read further. */
export const maxFaults = 100;
