import { defineCommand } from '@fedward/cli/command';
import { addDaemonCommands } from './daemon/daemon-commands.js';
import { addMembersCommands } from './members/members-commands.js';

const summary = 'the daemon that hospitals are members of';

/** `fedward coordinator`. */
export const coordinatorCommand = defineCommand('coordinator', summary, (program) => {
  const coordinator = program.command('coordinator').description(summary);
  addMembersCommands(coordinator);
  addDaemonCommands(coordinator);
});
