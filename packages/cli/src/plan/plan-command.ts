import type { Command } from 'commander';
import { defineCommand } from '../command/kind.js';
import { repeated } from '../options/options.js';
import type { ApproveFlags, InboxFlags, RevokeFlags } from './plan-action.js';

/** `fedward plan`. */
export const planCommand = defineCommand('plan', 'plans that wait for approval: read, compare, sign, revoke', addPlan);

const keysFlag = ['--keys <file>', 'verifier keys of those who may sign, one a line: their signatures are checked'] as const; // prettier-ignore

const passphraseFlag = ['--passphrase-file <file>', 'its first line is the passphrase of your key (default: $FEDWARD_PASSPHRASE, else asked for)'] as const; // prettier-ignore

function addPlan(program: Command): void {
  const plan = program.command('plan').description('plans that wait for approval: read, compare, sign, revoke');
  plan
    .command('show')
    .argument('<file>', 'a proposal, as `fedward simulate --propose DIR` writes it')
    .description('what a plan would do, for whoever is to approve it: model, data, privacy, who is asked, what leaves')
    .option('--json', 'the proposal with its digests, as one JSON document on stdout')
    .action(async (file: string, options: { json?: boolean }) => {
      await (await import('./plan-action.js')).showAction(file, options);
    });
  plan
    .command('diff')
    .argument('<file>', 'a proposal')
    .argument('[other]', 'the one that it is compared with (default: the last of the same folder that was approved)')
    .description('what differs, key by key')
    .option(...keysFlag)
    .option('--json', 'one JSON document on stdout')
    .action(async (file: string, other: string | undefined, options: InboxFlags) => {
      await (await import('./plan-action.js')).diffAction(file, other, options);
    });
  plan
    .command('approve')
    .argument('<file>', 'a proposal')
    .description("signs a proposal: a note beside it, which a hospital's policy can ask for")
    .requiredOption('--key <file>', 'your private key')
    .option(...passphraseFlag)
    .requiredOption('--meaning <text>', 'what your signature means, such as `data protection officer, no objection`')
    .option(
      '--expires <date>',
      'when it ends: a day, which is part of it (UTC), or a moment (default: once it is revoked)',
    )
    .option('--hospital <id>', 'on whose data it may run; repeatable (default: all of the proposal)', repeated)
    .option('--json', 'one JSON document on stdout')
    .action(async (file: string, options: ApproveFlags) => {
      await (await import('./plan-action.js')).approveAction(file, options);
    });
  plan
    .command('revoke')
    .argument('<digest>', 'of an approval, a proposal, a plan, or of what would run at a hospital: `sha256:...`')
    .description('takes back what was approved, from now on and for good')
    .requiredOption('--inbox <dir>', 'the folder of approvals')
    .requiredOption('--key <file>', 'your private key')
    .option(...passphraseFlag)
    .requiredOption('--reason <text>', 'why')
    .option('--json', 'one JSON document on stdout')
    .action(async (digest: string, options: RevokeFlags) => {
      await (await import('./plan-action.js')).revokeAction(digest, options);
    });
  plan
    .command('inbox')
    .argument('<dir>', 'a folder of proposals and approvals')
    .description('what waits for approval there, and what was approved and revoked by whom')
    .option(...keysFlag)
    .option('--json', 'one JSON document on stdout')
    .action(async (dir: string, options: InboxFlags) => {
      await (await import('./plan-action.js')).inboxAction(dir, options);
    });
}
