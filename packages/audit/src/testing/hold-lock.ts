/**
 * A holder to be killed: `node hold-lock.mjs DIRECTORY`. Opens the log there, says so on its standard output, and keeps it
 * until it is stopped; or says why it can't.
 */
import { writeSync } from 'node:fs';
import { openAuditLog } from '../open.js';

try {
  await openAuditLog(process.argv[2]!);
  writeSync(1, 'held\n');
  setInterval(() => undefined, 1000);
} catch (error) {
  writeSync(1, `refused: ${(error as Error).message}\n`);
}
