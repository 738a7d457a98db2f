/**
 * One of several processes that want the last of a budget: `node charge-when-told.mjs`. Opens the ledger that it is sent
 * the directory of and says `ready`; charges it at the next message, `go`, and says what came of that.
 */
import { isFedwardError } from '@fedward/core';
import type { DiskLedger } from '../ledger.js';
import { openLedger } from '../open.js';
import { chargeOf, options } from './ledgers.js';

let ledger: DiskLedger;
process.on('message', async (message: string) => {
  if (message !== 'go') {
    ledger = await openLedger(message, options);
    process.send!('ready');
    return;
  }
  const outcome = await ledger.charge(chargeOf(0, { runId: `run-of-${process.pid}` })).then(
    () => 'charged',
    (error: unknown) => (isFedwardError(error) ? error.code : String(error)),
  );
  process.send!(outcome);
});
