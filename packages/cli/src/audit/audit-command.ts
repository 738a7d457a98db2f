import { defineCommand } from '../command/kind.js';
import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.js';
import { choice, sha256Digest, wholeNumber } from '../options/options.js';
import type { VerifyFlags } from './audit-action.js';
import type { ExportFlags } from './export-action.js';
import { addFilterOptions } from './filter-options.js';
import type { ShowFlags } from './show-action.js';

/** `fedward audit verify|show|export|prove DIR`. */
export const auditCommand = defineCommand('audit', 'the tamper-evident log of a run', (program, { setExitCode }) =>
  addAuditCommand(program, setExitCode),
);

const where = "a run's folder, or its audit folder";

function addAuditCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const audit = program.command('audit').description('the tamper-evident log of a run');
  audit
    .command('verify')
    .argument(
      '<what>',
      "the folder of a run, of a study at its coordinator, of a study's result, of a hospital's daemon, or of a log; a round's certificate; or an entry with its proof",
    )
    .description(
      'finds every changed, removed, moved or added byte of a log, and says where; of a run all that is not as it was left: ' +
        "the server's log and each hospital's, what each noted of the others', certificates, plan, result, model, report, " +
        'cards, keys. Exit code 1 where anything differs, and for results that no seal vouches for',
    )
    .option(
      '--root <hash>',
      "a root of the server's log that was noted elsewhere, of now or of an earlier moment",
      sha256Digest,
    )
    .option('--keys <file>', "the parties' verifier keys, one a line; without it the run's own keys.txt is believed")
    .option('--head <file...>', "signed checkpoints, or a party's witness file, kept elsewhere")
    .option('--json', 'one JSON document on stdout')
    .action(async (what: string, options: VerifyFlags) => {
      const { verifyAction } = await import('./audit-action.js');
      setExitCode(await verifyAction(what, options));
    });

  addFilterOptions(audit.command('show').argument('<dir>', where))
    .description('who did what, when, and how much: the entries as they are in the log, which verify checks')
    .option('--limit <N>', 'so many of them at most, from the first on', wholeNumber(1))
    .option('--json', 'one JSON document on stdout')
    .action(async (dir: string, options: ShowFlags) => {
      const { showAction } = await import('./show-action.js');
      await showAction(dir, options);
    });

  addFilterOptions(audit.command('export').argument('<dir>', where))
    .description(
      'the entries for another system: FHIR R4 AuditEvents (a resource a line, or one Bundle), CSV, or JSON lines. FHIR has ' +
        'no reason that another wrote; CSV and JSON lines have what the log has',
    )
    .addOption(choice('--format <name>', 'what to write', ['fhir', 'csv', 'jsonl']).makeOptionMandatory())
    .option('--bundle', 'FHIR as one Bundle of the type collection')
    .option('--out <file>', 'where to; without it, on stdout')
    .action(async (dir: string, options: ExportFlags) => {
      const { exportAction } = await import('./export-action.js');
      await exportAction(dir, options);
    });

  audit
    .command('prove')
    .argument('<dir>', where)
    .argument('<index>', 'of the entry, as show has it', wholeNumber(0))
    .description(
      'an entry with the proof that it is in the log, for someone who has the public key of the log and not the log ' +
        '(C2SP tlog-proof)',
    )
    .option('--out <file>', 'where to, by custom a .tlog-proof; without it, on stdout')
    .action(async (dir: string, index: number, options: { out?: string }) => {
      const { proveAction } = await import('./prove-action.js');
      await proveAction(dir, index, options);
    });
}
