import { defineCommand, type AddCommand } from '@fedward/cli/command';
import { Option, type Command } from 'commander';
import { addEnrolmentCommands } from '../enrolment/enrolment-commands.js';
import type { ApproveFlags, SiteFlags, StartFlags, StatusFlags } from './site-actions.js';

const summary = "a hospital's daemon: answers a coordinator behind the hospital's own rules (package @fedward/site)";

const addSite: AddCommand = (program) => {
  const site = program.command('site').description(summary);
  addEnrolmentCommands(site);
  common(site.command('start'))
    .description('runs the daemon until it is stopped, such as by a service manager; one process a folder')
    .option('--passphrase-file <file>', "its first line is the passphrase of the hospital's key")
    .action(async (flags: StartFlags) => (await import('./site-actions.js')).startAction(flags));
  common(site.command('status'))
    .description('what it is connected to and at, where studies stand, what was spent, whether its log verifies')
    .option('--watch', 'again each two seconds, without verifying the log')
    .addOption(json())
    .action(async (flags: StatusFlags) => (await import('./site-actions.js')).statusAction(flags));
  common(site.command('studies'))
    .description('the studies that it was asked to take part in')
    .addOption(json())
    .action(async (flags: SiteFlags) => (await import('./site-actions.js')).studiesAction(flags));
  common(site.command('approve'))
    .argument('<study>', 'its id')
    .description('lets a study run here as it is now, by hand; who and when is in the audit log')
    .requiredOption('--by <name>', 'who approves')
    .option('--meaning <text>', 'what it means, such as `ethics vote 12/2026`', 'approved by hand')
    .addOption(json())
    .action(async (study: string, flags: ApproveFlags) =>
      (await import('./site-actions.js')).approveAction(study, flags),
    );
  common(site.command('revoke'))
    .argument('<study>', 'its id')
    .description('takes back what was approved by hand, from the next question on')
    .requiredOption('--by <name>', 'who revokes')
    .requiredOption('--reason <text>', 'why')
    .addOption(json())
    .action(async (study: string, flags: ApproveFlags) =>
      (await import('./site-actions.js')).revokeAction(study, flags),
    );
  common(site.command('stop'))
    .description('ends the daemon in an orderly way: a training that is at work is begun again after the next start')
    .addOption(json())
    .action(async (flags: SiteFlags) => (await import('./site-actions.js')).stopAction(flags));
};

/** `fedward site`, which the command has where this package is installed. */
export const siteCommand = defineCommand('site', summary, addSite);

function common(command: Command): Command {
  return command.option('--folder <dir>', "the site's folder (default: $FEDWARD_SITE)");
}

function json(): Option {
  return new Option('--json', 'one JSON document on stdout');
}
