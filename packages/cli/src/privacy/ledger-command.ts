import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.js';
import { sha256Digest } from '../options/options.js';
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
    .option('--verify', 'exit code 1 for a ledger that is damaged, or a head that is not there')
    .option('--json', 'one JSON document on stdout')
    .action(async (dir: string, flags: LedgerFlags) => {
      const { ledgerAction } = await import('./ledger-action.js');
      setExitCode(await ledgerAction(dir, flags));
    });
}
