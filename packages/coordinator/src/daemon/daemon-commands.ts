import type { Command } from 'commander';
import type { DaemonFlags, DaemonStartFlags, LogsFlags } from './daemon-actions.js';

/** Adds `start`, `status`, `logs` and `stop` to `fedward coordinator`. What they do is loaded when they run. */
export function addDaemonCommands(coordinator: Command): void {
  const load = () => import('./daemon-actions.js');
  common(coordinator.command('start'))
    .description('starts the daemon: the hub, connections to hospitals, studies')
    .option('--foreground', 'stay here, with the log on stderr, as service managers want it')
    .option(
      '--passphrase-file <file>',
      "its first line is the passphrase of the coordinator's keys (default: $FEDWARD_PASSPHRASE, else asked for on a terminal)",
    )
    .action(async (flags: DaemonStartFlags) => (await load()).startAction(flags));
  common(coordinator.command('status'))
    .description('the daemon: hub, members, studies')
    .action(async (flags: DaemonFlags) => (await load()).statusAction(flags));
  common(coordinator.command('logs'))
    .argument('[site]', 'a hospital (default: all)')
    .description('what hospitals show of their work: those that have `liveLog: true` in site.yaml')
    .option('--follow', 'go on telling')
    .action(async (site: string | undefined, flags: LogsFlags) => (await load()).logsAction(site, flags));
  common(coordinator.command('stop'))
    .description('ends the daemon; studies go on when it is started again')
    .action(async (flags: DaemonFlags) => (await load()).stopAction(flags));
}

function common(command: Command): Command {
  return command
    .option('--folder <dir>', "the coordinator's folder (default: $FEDWARD_COORDINATOR)")
    .option('--json', 'one JSON document on stdout');
}
