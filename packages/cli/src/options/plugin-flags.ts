import type { Json } from '@fedward/core';
import { catalogue } from '@fedward/sim-healthcare/catalogue';
import { Option, type Command } from 'commander';
import { anyNumber } from './options.js';

/** A short option that plugins declare, and those that take it. */
interface PluginFlag {
  readonly flag: string;
  readonly takenBy: readonly string[];
  readonly type: string;
  readonly description: string;
}

function declared(): PluginFlag[] {
  const flags = new Map<string, PluginFlag>();
  for (const { name, flags: own, options } of catalogue.flatMap(({ plugins }) => plugins))
    for (const [flag, path] of Object.entries(own)) {
      const { type = 'any', description = path } = options.find((option) => option.path === path) ?? {};
      const before = flags.get(flag);
      flags.set(flag, { flag, type, description, ...before, takenBy: [...(before?.takenBy ?? []), name] });
    }
  return [...flags.values()];
}

const isOf = (command: Command, flag: string) => command.options.some(({ long }) => long === `--${flag}`);

/** The short options of plugins that a command does not have as options of its own, each with the plugins that take it. */
export function pluginFlags(command: Command): Option[] {
  return declared()
    .filter(({ flag }) => !isOf(command, flag))
    .map(({ flag, type, description, takenBy }) => {
      const option = new Option(
        `--${flag} <${type === 'number' ? 'x' : 'value'}>`,
        `${description} (${takenBy.join(', ')})`,
      );
      return type === 'number' || type === 'integer' ? option.argParser(anyNumber) : option;
    });
}

/** What was given of them, by their names. */
export function givenFlags(flags: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  const given = declared().flatMap(({ flag }) => {
    const value = flags[new Option(`--${flag}`).attributeName()];
    return value === undefined ? [] : [[flag, value as Json] as const];
  });
  return Object.fromEntries(given);
}
