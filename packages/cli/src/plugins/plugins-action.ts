import { didYouMean, FedwardError } from '@fedward/core';
import { pluginsNamed } from '../simulate/simulate-options.js';
import { printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';
import { listedPlugins, type ListedOption, type ListedPlugin } from './listed-plugins.js';

/** `fedward plugins` as commander has parsed it. */
export interface PluginsFlags {
  readonly plugin?: readonly string[];
  readonly json?: boolean;
}

/**
 * The plugins that are installed, or one with its options.
 * @throws {FedwardError} CONFIG_INVALID for a kind that there is not, or what `--plugin` can't load; PLUGIN_UNKNOWN
 */
export async function pluginsAction(
  kind: string | undefined,
  name: string | undefined,
  flags: PluginsFlags,
): Promise<void> {
  const all = await listedPlugins(await pluginsNamed(flags));
  const plugins = kind === undefined ? all : ofKind(all, kind);
  if (name !== undefined) return show(named(plugins, name), flags);
  if (flags.json) return printJson({ plugins });
  printTable(
    ['Kind', 'Name', 'Package', 'What it is'],
    plugins.map((plugin) => [plugin.kind, plugin.name, plugin.package, plugin.summary]),
  );
  printLine('fedward plugins KIND NAME shows the options of one.');
}

function ofKind(all: readonly ListedPlugin[], kind: string): readonly ListedPlugin[] {
  const kinds = [...new Set(all.map((plugin) => plugin.kind))];
  if (kinds.includes(kind)) return all.filter((plugin) => plugin.kind === kind);
  const message = `there is no plugin of the kind ${kind}; there are ${kinds.join(', ')}${didYouMean(kind, kinds)}`;
  throw new FedwardError('CONFIG_INVALID', message, 'kind');
}

/** @param plugins of one kind */
function named(plugins: readonly ListedPlugin[], name: string): ListedPlugin {
  const found = plugins.find((plugin) => plugin.name === name);
  if (found) return found;
  const names = plugins.map((plugin) => plugin.name);
  const message = `there is no ${plugins[0]!.kind} named ${name}; installed: ${names.join(', ')}`;
  throw new FedwardError('PLUGIN_UNKNOWN', `${message}${didYouMean(name, names)}`, name);
}

function show(plugin: ListedPlugin, { json }: PluginsFlags): void {
  if (json) return printJson(plugin);
  printLine(`${plugin.kind} ${plugin.name} (${plugin.package}): ${plugin.summary}`);
  printLine(`Chosen by ${plugin.chosenBy ?? 'a config, or from code'}.`);
  if (plugin.options.length === 0) return printLine('It has no options.');
  for (const option of plugin.options) {
    printLine();
    printLine(`  ${option.path} (${typeOf(option)}): ${option.description ?? 'not described'}`);
    printLine(`    ${waysOf(option).join(', or ') || 'can be given in code alone'}`);
  }
}

function typeOf({ type, required, default: fallback }: ListedOption): string {
  if (fallback !== undefined) return `${type}, default ${shortened(JSON.stringify(fallback))}`;
  return required ? `${type}, required` : type;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function waysOf({ key, siteKey, type, flags }: ListedOption): string[] {
  return [
    ...(key === null ? [] : [`--set ${key}=<${type}>`]),
    ...flags.map((flag) => `${flag} <${type}>`),
    ...(siteKey === null ? [] : [`${siteKey} in a hospital's site.yaml`]),
  ];
}
