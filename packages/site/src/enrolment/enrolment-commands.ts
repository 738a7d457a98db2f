import type { Command } from 'commander';
import type { InitFlags, SiteFlags } from './enrolment-actions.js';

/** Adds `init`, `request` and `join` to `fedward site`. What they do is loaded when they run. */
export function addEnrolmentCommands(site: Command): void {
  common(site.command('init'))
    .description(
      "makes a site's folder from a coordinator's invite: its keys, site.yaml, and the request to be a member",
    )
    .requiredOption('--invite <file>', 'what the coordinator has sent')
    .option('--fingerprint <text>', "the coordinator's, as its people have told it over another channel")
    .option('--yes', 'the fingerprint was compared, or does not matter')
    .action(async (flags: InitFlags) => {
      const { initAction } = await import('./enrolment-actions.js');
      await initAction(flags);
    });

  common(site.command('request'))
    .description('writes the request anew, such as for a certificate that has ended while the site was off')
    .action(async (flags: SiteFlags) => {
      const { requestAction } = await import('./enrolment-actions.js');
      await requestAction(flags);
    });

  common(site.command('join'), false)
    .argument('<file>', 'the welcome that the coordinator has sent')
    .description('takes the certificate by which the hub knows this site')
    .action(async (file: string, flags: SiteFlags) => {
      const { joinAction } = await import('./enrolment-actions.js');
      await joinAction(file, flags);
    });
}

function common(command: Command, signs = true): Command {
  command.option('--folder <dir>', "the site's folder (default: $FEDWARD_SITE)");
  if (signs)
    command.option(
      '--passphrase-file <file>',
      "its first line is the passphrase of the hospital's key (default: $FEDWARD_PASSPHRASE, else asked for on a terminal)",
    );
  return command.option('--json', 'one JSON document on stdout');
}
