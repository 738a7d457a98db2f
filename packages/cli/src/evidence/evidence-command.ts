import type { Command } from 'commander';
import { defineCommand } from '../command/kind.js';
import type { ExitCode } from '../exit-code.js';
import type { EvidenceFlags } from './evidence-action.js';

/** `fedward evidence`. */
export const evidenceCommand = defineCommand(
  'evidence',
  "a run's evidence in one folder: what left, who approved, proofs, price, settings",
  (program, { setExitCode }) => addEvidenceCommand(program, setExitCode),
);

function addEvidenceCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const evidence = program
    .command('evidence')
    .description('evidence of a run, each statement with a command that finds it again');
  common(evidence.command('make', { isDefault: true }))
    .argument('<run>', "a run's folder")
    .description(
      'writes the pack (this is what `fedward evidence RUN` does). Exit code 1 for a run that does not verify: its pack says so',
    )
    .requiredOption('--out <dir>', 'folder of the pack; it must be empty, and outside of the run')
    .option('--zip <file>', 'the same as one file, with equal bytes for equal packs')
    .option('--sign <name>', 'sign the manifest by a key of this name (see `fedward keys`)')
    .option('--keys <dir>', 'folder of keys (default $FEDWARD_KEYS, else ~/.config/fedward/keys)')
    .option('--passphrase-file <file>', "the key's passphrase (default $FEDWARD_PASSPHRASE, else it is asked for)")
    .action(async (run: string, flags: EvidenceFlags) => {
      const { evidenceAction } = await import('./evidence-action.js');
      setExitCode(await evidenceAction(run, flags));
    });
  common(evidence.command('show'))
    .argument('<run>', "a run's folder")
    .argument('<part>', 'a part of a pack, such as data-flow or privacy')
    .description('makes one part of a pack anew from the run, and prints it')
    .action(async (run: string, part: string, flags: EvidenceFlags) => {
      const { showAction } = await import('./evidence-action.js');
      await showAction(run, part, flags);
    });
  common(evidence.command('verify'))
    .argument('<pack>', 'the folder of a pack, or its zip')
    .description(
      'finds every file of a pack that was changed, added or is missing, and whose signature it has; with --run also every ' +
        'statement that the run does not bear out. Exit code 1 where anything differs',
    )
    .option('--keys <file>', 'public keys of those who must have signed, one a line')
    .option('--run <dir>', "the run's folder: statements that need no data and no training are found again")
    .action(async (pack: string, flags: { keys?: string; run?: string; ledger?: string; json?: boolean }) => {
      const { verifyPackAction } = await import('./verify-pack-action.js');
      setExitCode(await verifyPackAction(pack, flags));
    });
  evidence.addHelpText('after', examples);
}

function common(command: Command): Command {
  return command
    .option(
      '--declarations <file>',
      'what people declare of the study (YAML or JSON), as `fedward check --template` has it',
    )
    .option('--ledger <dir>', "hospitals' ledgers, for the statement over all studies")
    .option('--json', 'one JSON document on stdout');
}

const examples = `
Examples:
  fedward evidence runs/ID --out evidence
  fedward evidence runs/ID --out evidence --zip evidence.zip --sign officer --ledger ledgers
  fedward evidence show runs/ID data-flow
  fedward evidence verify evidence.zip --keys keys.txt --run runs/ID`;
