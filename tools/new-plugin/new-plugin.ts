import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../packages/published.ts';
import { kinds, type KindName } from './kinds.ts';
import { makePlugin, Refusal } from './make-plugin.ts';
import { isInWorkspace } from './package-files.ts';

/**
 * `npm run new-plugin -- --kind aggregator --name x`: a new package with a plugin that works, its compliance test, and what
 * every package has. Exit code 2 for what can't be made; nothing is written then.
 */
const list = Object.entries(kinds).map(([kind, { summary }]) => `  ${kind.padEnd(11)} ${summary}`);
const help = `Usage: npm run new-plugin -- --kind KIND --name NAME [--scope @fedward] [--dir packages]

Makes the package DIR/KIND-NAME: a small plugin that works, its tests, which call the compliance suite of its kind, a
README whose example runs, and the configuration that every package has. Then make it yours: docs/plugins.md.

  --kind      what it is:
${list.map((line) => `    ${line}`).join('\n')}
  --name      by which a plan names it: lower-case words with hyphens
  --scope     of npm; default @fedward
  --dir       where its folder is made; default packages. In a folder outside this workspace it is a package by itself
  --help      this text
`;

class Misuse extends Error {}

try {
  const { values } = parseArgs({
    options: {
      kind: { type: 'string' },
      name: { type: 'string' },
      scope: { type: 'string', default: '@fedward' },
      dir: { type: 'string', default: join(root, 'packages') },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) process.stdout.write(help);
  else {
    const { kind, name, scope } = values;
    if (kind === undefined || name === undefined) throw new Misuse('--kind and --name are needed');
    const directory = resolve(values.dir);
    const folder = await makePlugin({ kind: kind as KindName, name, scope, directory });
    process.stdout.write(`${relative(process.cwd(), folder)} is made. Next:\n\n${nextSteps(folder, directory)}`);
  }
} catch (error) {
  const misuse =
    error instanceof Refusal || error instanceof Misuse || String(Object(error).code).startsWith('ERR_PARSE_ARGS');
  if (!misuse) throw error;
  process.stderr.write(`${(error as Error).message}\nnpm run new-plugin -- --help says more.\n`);
  process.exitCode = 2;
}

function nextSteps(folder: string, directory: string): string {
  const here = relative(process.cwd(), folder);
  const steps = isInWorkspace(directory)
    ? [
        ['npm install', 'links the package, and writes it into package-lock.json'],
        [`npm test -w ${here}`, 'its tests, with the compliance suite of its kind'],
        [`npm run build -w ${here}`, 'for the command, and for the example in its README'],
      ]
    : [
        [`cd ${here} && npm install`, 'core and testkit, and the tools'],
        ['npm test && npm run typecheck', 'its tests, with the compliance suite of its kind'],
        ['npm run build', 'for the command: fedward simulate --plugin'],
      ];
  return `${steps.map(([command, why]) => `  ${command!.padEnd(44)} # ${why}\n`).join('')}\ndocs/plugins.md says what a plugin of each kind must do.\n`;
}
