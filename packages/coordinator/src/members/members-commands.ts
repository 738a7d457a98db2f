import type { Command } from 'commander';
import type { ApproveFlags, CoordinatorFlags, InitFlags, RevokeFlags } from './members-actions.js';

/** Adds `init`, `invite`, `sites`, `approve` and `revoke` to `fedward coordinator`. What they do is loaded when they run. */
export function addMembersCommands(coordinator: Command): void {
  signing(coordinator.command('init'))
    .description("makes a coordinator's folder: keys, certificates, the hub's configuration")
    .requiredOption('--federation <name>', 'up to 63 letters, digits, - and _')
    .requiredOption(
      '--hub <host[:port]>',
      'where hospitals reach the hub by WebSocket; port 443 is let through by proxies',
    )
    .option('--listen <host:port>', 'where the hub listens for NATS in TLS', '0.0.0.0:4222')
    .option(
      '--websocket <host:port>',
      'where it listens for WebSocket in TLS (default: all addresses, the port of --hub)',
    )
    .option('--no-websocket', 'NATS in TLS alone: hospitals reach the port of --listen')
    .option('--binary <file>', 'nats-server (default: the one on PATH)')
    .option('--no-start', 'nats-server is run by others, who install hub/hub.conf')
    .action(async (flags: InitFlags) => {
      const { initAction } = await import('./members-actions.js');
      await initAction(flags);
    });

  signing(coordinator.command('invite'))
    .argument('<site>', 'the id under which the hospital would be a member')
    .description('writes what a hospital needs to ask to be a member; nothing of it is secret')
    .action(async (site: string, flags: CoordinatorFlags) => {
      const { inviteAction } = await import('./members-actions.js');
      await inviteAction(site, flags);
    });

  common(coordinator.command('sites'))
    .description('members, those who were, requests that wait, invites without an answer')
    .action(async (flags: CoordinatorFlags) => {
      const { sitesAction } = await import('./members-actions.js');
      await sitesAction(flags);
    });

  signing(coordinator.command('approve'))
    .argument('<request>', "the hospital's request: a file, or its id where the file lies in the folder requests")
    .description('makes the hospital a member and writes its welcome')
    .option('--fingerprint <text>', "the hospital's, as its people have told it over another channel")
    .option('--yes', 'the fingerprint was compared, or does not matter')
    .action(async (file: string, flags: ApproveFlags) => {
      const { approveAction } = await import('./members-actions.js');
      await approveAction(file, flags);
    });

  common(coordinator.command('revoke'))
    .argument('<site>', 'the id of the member')
    .description('ends a membership: its connection is closed, and nothing that it signs is taken')
    .requiredOption('--reason <words>', 'for people; it is kept')
    .action(async (site: string, flags: RevokeFlags) => {
      const { revokeAction } = await import('./members-actions.js');
      await revokeAction(site, flags);
    });
}

function common(command: Command): Command {
  return command
    .option('--folder <dir>', "the coordinator's folder (default: $FEDWARD_COORDINATOR)")
    .option('--json', 'one JSON document on stdout');
}

function signing(command: Command): Command {
  return common(command).option(
    '--passphrase-file <file>',
    "its first line is the passphrase of the coordinator's keys (default: $FEDWARD_PASSPHRASE, else asked for on a terminal)",
  );
}
