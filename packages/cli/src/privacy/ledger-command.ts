import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.js';
import { sha256Digest, wholeNumber } from '../options/options.js';
import type { LedgerFlags } from './ledger-flags.js';

/** `fedward privacy ledger DIR`. */
export function addLedgerCommand(privacy: Command, setExitCode: (code: ExitCode) => void): void {
  privacy
    .command('ledger')
    .argument('<dir>', 'a ledger, or a folder of ledgers')
    .description('what data sets have spent over all studies, and what is left of their budgets')
    .option(
      '--head <hash>',
      'a head that was noted elsewhere must be in one of the ledgers; may be given several times',
      (hash: string, others: readonly string[] = []) => [...others, sha256Digest(hash)],
    )
    .option(
      '--keys <file>',
      'a list of verifier keys, one a line: each ledger must be signed by one of them, or by one that took its place',
    )
    .option('--verify', 'exit code 1 for a ledger that is damaged, not signed by --keys, or a head that is not there')
    .option(
      '--prove <n>',
      'prints what shows to whoever has the verifier key that entry n of a signed ledger is in it (a tlog-proof)',
      wholeNumber(1),
    )
    .option('--json', 'one JSON document on stdout')
    .action(async (dir: string, flags: LedgerFlags) => {
      const { ledgerAction } = await import('./ledger-action.js');
      setExitCode(await ledgerAction(dir, flags));
    });
}
