import { defineCommand } from '../command/kind.js';
import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.js';
import { sha256Digest } from '../options/options.js';

/** `fedward audit verify DIR`. */
export const auditCommand = defineCommand('audit', 'the tamper-evident log of a run', (program, { setExitCode }) =>
  addAuditCommand(program, setExitCode),
);

function addAuditCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const audit = program.command('audit').description('the tamper-evident log of a run');
  audit
    .command('verify')
    .argument('<dir>', "a run's folder, or its audit folder")
    .description(
      'finds every changed, removed, moved or added byte of the log, and says where; of a run also what is not as it was ' +
        'left: plan, result, model, report. Exit code 1 where anything differs, and for results that no seal vouches for',
    )
    .option(
      '--root <hash>',
      'a root that was noted elsewhere, of now or of an earlier moment; without it, a log rewritten whole goes unseen',
      sha256Digest,
    )
    .option('--json', 'one JSON document on stdout')
    .action(async (dir: string, options: { root?: string; json?: boolean }) => {
      const { verifyAction } = await import('./audit-action.js');
      setExitCode(await verifyAction(dir, options));
    });
}
