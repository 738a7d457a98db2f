/** `fedward privacy ledger`, as commander has parsed it. */
export interface LedgerFlags {
  readonly head?: readonly string[];
  readonly verify?: boolean;
  readonly json?: boolean;
}
