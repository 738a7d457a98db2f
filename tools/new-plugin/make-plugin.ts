import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { root } from '../packages/published.ts';
import { isKind, kinds } from './kinds.ts';
import { folderOf, packageFiles, type NewPackage } from './package-files.ts';
import { ownerOf } from './taken.ts';

const templates = fileURLToPath(new URL('templates', import.meta.url));

/** What was asked for can't be made, in words for whoever asked. */
export class Refusal extends Error {}

/** As of `definePlugin`. */
const wordsWithHyphens = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Names of files that each package has. */
const namesOfFiles = ['index', 'plugins', 'compliance', 'site', 'sums', 'linear-model', 'step-gradient', 'my-plugin'];

/**
 * Writes a new package: a plugin that works, with its tests.
 * @returns its folder
 * @throws {Refusal} for a name that is taken or no name; nothing has been written then
 */
export async function makePlugin(made: NewPackage): Promise<string> {
  await check(made);
  const folder = join(made.directory, folderOf(made));
  const files = { ...packageFiles(made), ...fromTemplate(made) };
  const style = await prettier.resolveConfig(join(root, 'package.json'));
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    // A name of another length breaks lines elsewhere than the template's.
    const { inferredParser } = await prettier.getFileInfo(file);
    writeFileSync(file, inferredParser ? await prettier.format(text, { ...style, filepath: file }) : text, {
      flag: 'wx',
    });
  }
  return folder;
}

async function check({ kind, name, scope, directory }: NewPackage): Promise<void> {
  if (!isKind(kind)) throw new Refusal(`--kind ${String(kind)}: one of ${Object.keys(kinds).join(', ')}`);
  if (!wordsWithHyphens.test(name))
    throw new Refusal(`--name ${name}: lower-case words with hyphens, such as trimmed-mean`);
  if (namesOfFiles.includes(name)) throw new Refusal(`--name ${name}: a file of the package has this name`);
  if (!/^@[a-z0-9][a-z0-9._-]*$/.test(scope)) throw new Refusal(`--scope ${scope}: as npm has them, such as @team`);
  const folder = join(directory, folderOf({ kind, name }));
  if (existsSync(folder)) throw new Refusal(`--name ${name}: ${folder} is there already`);
  for (const registered of kinds[kind].registered) {
    const owner = await ownerOf(registered, name);
    if (owner !== undefined) throw new Refusal(`--name ${name}: ${owner} has a plugin ${registered} ${name}`);
  }
}

/** The files of the template, with the names of this plugin in place of the template's. */
function fromTemplate({ kind, name, scope }: NewPackage): Record<string, string> {
  const folder = join(templates, kind);
  const words = name.split('-');
  const pascal = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  const camel = pascal[0]!.toLowerCase() + pascal.slice(1);
  const named = (text: string) =>
    text
      .replaceAll(`@fedward/${kind}-my-plugin`, `${scope}/${kind}-my-plugin`)
      .replaceAll('my-plugin', name)
      .replaceAll('myPlugin', camel)
      .replaceAll('MyPlugin', pascal);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(ts|md)$/.test(path));
  return Object.fromEntries(paths.map((path) => [named(path), named(readFileSync(join(folder, path), 'utf8'))]));
}
