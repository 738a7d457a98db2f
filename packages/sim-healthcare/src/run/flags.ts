import { FedwardError, type Json } from '@fedward/core';
import type { InstalledPlugins } from '../plugins/installed.js';
import type { SetKeys } from './set-keys.js';

/** Short options that plugins declare (`flags`), by their name without dashes. */
export type Flags = Readonly<Record<string, Json>>;

/** By which option a plugin of a kind is named. */
const namedBy = {
  aggregator: '--aggregator',
  compression: '--compression',
  mechanism: '--privacy',
  trainer: '--trainer',
} as const;
type Kind = keyof typeof namedBy;

/** A plugin of the plan, and where its options are. */
export interface Placed {
  readonly kind: Kind;
  readonly name: string;
  /** Of its options, in the plan. */
  readonly path: string;
}

/**
 * The keys that short options stand for. One that no plugin of the plan takes would change nothing: who gives it believes
 * that it does.
 * @throws {FedwardError} CONFIG_INVALID naming the option, and the plugins that take it
 */
export function keysOf(flags: Flags, plugins: readonly Placed[], installed: InstalledPlugins): SetKeys {
  return Object.fromEntries(
    Object.entries(flags).map(([flag, value]) => {
      for (const { kind, name, path } of plugins) {
        const option = installed.of(kind).find((plugin) => plugin.name === name)?.flags[flag];
        if (option !== undefined) return [`${path}.${option}`, value];
      }
      const others = (Object.keys(namedBy) as Kind[]).flatMap((kind) =>
        installed
          .of(kind)
          // A mechanism without a draft stands in a config alone.
          .filter(({ flags, draft }) => flags[flag] !== undefined && (kind !== 'mechanism' || draft))
          .map(({ name }) => `${namedBy[kind]} ${name}`),
      );
      const names = plugins.map(({ name }) => name).join(' and ');
      throw new FedwardError(
        'CONFIG_INVALID',
        `--${flag}: it is no option of ${names}; it is one of ${others.join(', ')}`,
        `--${flag}`,
      );
    }),
  );
}

/**
 * Short options of the plan's trainer apart from the others: what it runs on is the machine's business, and in no plan.
 * @returns its options, and the flags of all others
 */
export function splitTrainerFlags(
  flags: Flags,
  trainer: string,
  installed: InstalledPlugins,
): { readonly trainerOptions: Readonly<Record<string, Json>>; readonly others: Flags } {
  const own = installed.of('trainer').find(({ name }) => name === trainer)?.flags ?? {};
  const given = Object.entries(flags);
  return {
    trainerOptions: Object.fromEntries(given.flatMap(([flag, value]) => (own[flag] ? [[own[flag], value]] : []))),
    others: Object.fromEntries(given.filter(([flag]) => own[flag] === undefined)),
  };
}

/**
 * That a plugin which was chosen by option has what it can't do without.
 * @throws {FedwardError} CONFIG_INVALID naming the short option that gives it, or the key to be set
 */
export function assertFlagsOf(
  { name, options = {} }: { readonly name?: string; readonly options?: object | undefined },
  { kind, path: place }: Pick<Placed, 'kind' | 'path'>,
  installed: InstalledPlugins,
): void {
  const plugin = installed.of(kind).find((each) => each.name === name);
  for (const { path, required, description } of plugin?.options ?? []) {
    const flag = Object.entries(plugin!.flags).find(([, option]) => option === path)?.[0];
    if (!required || Object.hasOwn(options, path)) continue;
    const given = flag === undefined ? `--set ${place}.${path}` : `--${flag}`;
    throw new FedwardError('CONFIG_INVALID', `${given}: ${name} needs it: ${description ?? path}`, given);
  }
}
