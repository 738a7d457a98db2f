import { defineCommand } from '../command/kind.js';
import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.js';
import type { KeysFlags } from './keys-action.js';

/** `fedward keys new | list | show | rotate`. */
export const keysCommand = defineCommand('keys', 'keys that sign: of a hospital, a person, a log', (program, host) =>
  addKeysCommand(program, (code) => host.setExitCode(code)),
);

function addKeysCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const keys = program.command('keys').description('keys that sign: of a hospital, a person, a log');

  withPassphrase(keys.command('new'))
    .argument('<name>', 'such as hospital-0 or example.com/hospital-0, without white space and plus signs')
    .description('makes an Ed25519 key: a private file for its owner alone, and a verifier key for the others')
    .addHelpText(
      'after',
      [
        '',
        'Hand the verifier key to the others by a channel of your own, such as a call or a contract: whoever can change it',
        'on its way can sign in your name. On a terminal a passphrase is asked for; without one the rights of the file',
        'are all that protects the key.',
      ].join('\n'),
    )
    .action(async (name: string, flags: KeysFlags) => {
      const { newAction } = await import('./keys-action.js');
      await newAction(name, flags);
    });

  common(keys.command('list'))
    .description('the keys of a folder; exit code 1 where one of them can not be used')
    .action(async (flags: KeysFlags) => {
      const { listAction } = await import('./keys-action.js');
      setExitCode(await listAction(flags));
    });

  common(keys.command('show'))
    .argument('<name>', 'of the key')
    .description('the verifier key of a key, where its files are, and the keys that it took the place of')
    .action(async (name: string, flags: KeysFlags) => {
      const { showAction } = await import('./keys-action.js');
      await showAction(name, flags);
    });

  withPassphrase(keys.command('rotate'))
    .argument('<name>', 'of the key')
    .description('a new key of the same name, and a statement that both have signed; the old private key is gone then')
    .option(
      '--new-passphrase-file <file>',
      'its first line is the passphrase of the new key (default: that of the old)',
    )
    .action(async (name: string, flags: KeysFlags & { newPassphraseFile?: string }) => {
      const { rotateAction } = await import('./keys-action.js');
      await rotateAction(name, flags);
    });
}

function common(command: Command): Command {
  return command
    .option('--keys <dir>', 'the folder of keys (default: $FEDWARD_KEYS, else ~/.config/fedward/keys)')
    .option('--json', 'one JSON document on stdout');
}

function withPassphrase(command: Command): Command {
  return common(command).option(
    '--passphrase-file <file>',
    'its first line is the passphrase (default: $FEDWARD_PASSPHRASE, else asked for on a terminal)',
  );
}
