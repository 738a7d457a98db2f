/** `fedward privacy ledger`, as commander has parsed it. */
export interface LedgerFlags {
  readonly head?: readonly string[];
  readonly verify?: boolean;
  /** A file of verifier keys. */
  readonly keys?: string;
  /** Number of an entry. */
  readonly prove?: number;
  readonly json?: boolean;
}
