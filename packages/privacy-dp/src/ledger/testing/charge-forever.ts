/**
 * A process to be killed: `node charge-forever.mjs DIRECTORY RUN [signed]`. Charges round after round, two at a time, and writes
 * the number of each to its standard output as soon as it is charged.
 */
import { writeSync } from 'node:fs';
import { openLedger } from '../open.js';
import { chargeOf, options, signerOfTest } from './ledgers.js';

const [directory, runId, signed] = process.argv.slice(2);
const signer = signed === 'signed' ? signerOfTest() : undefined;
const ledger = await openLedger(directory!, { ...options, budget: 1e6, signer });
for (let round = 0; ; round += 2)
  await Promise.all(
    [round, round + 1].map(async (round) => {
      await ledger.charge(chargeOf(round, { runId: runId! }));
      writeSync(1, `${round}\n`);
    }),
  );
