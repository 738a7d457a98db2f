import * as z from 'zod';
import { assertPositive, assertThat } from '../base/assert.js';
import { parseWith } from '../base/parse.js';
import type { Aggregator } from '../interfaces/aggregator.js';
import type { Collector } from '../interfaces/collector.js';
import type { Compression } from '../interfaces/compression.js';
import type { AccountantFactory, PrivacyMechanism } from '../interfaces/privacy.js';
import type { Query } from '../interfaces/query.js';
import type { SiteStrategy } from '../interfaces/strategy.js';
import type { LocalTrainer } from '../interfaces/trainer.js';
import type { MechanismDraft } from './draft.js';

/** The newest version of what a plugin object looks like. */
export const specificationVersion = 1;

/**
 * What each kind of plugin makes from its options. Hosts add kinds of their own, such as commands, by declaration merging.
 * Type parameters are left open here: what a plugin remembers is its own business.
 */
/* eslint-disable @typescript-eslint/no-explicit-any */
export interface PluginKinds {
  aggregator: Aggregator<any, any>;
  mechanism: PrivacyMechanism<any>;
  accountant: AccountantFactory;
  trainer: LocalTrainer | Promise<LocalTrainer>;
  query: Query<any>;
  collector: Collector;
  compression: Compression<any>;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** A kind of plugin. */
export type PluginKind = keyof PluginKinds;

/** How fast a trainer is, as a low guess: a host reckons with it how many threads pay. It promises nothing. */
export interface TrainerSpeed {
  /** What a step costs beside its products, seconds. */
  readonly secondsAStep: number;
  /** Multiply-adds of its products, in one thread. */
  readonly multiplyAddsASecond: number;
}

/** What a plugin is made from. */
export interface PluginDefinition<K extends PluginKind, O extends z.ZodType> {
  readonly kind: K;
  /** By which a plan names it: lower-case words with hyphens. */
  readonly name: string;
  /** What it does, in one line for `--help` and lists. */
  readonly summary: string;
  /** What options it takes, each with its default and a `.describe()` for people. */
  readonly options: O;
  /** @param path where the options stand, for messages */
  create(options: z.output<O>, path: string): PluginKinds[K];
  /** Of an aggregator: its half at the sites; undefined where with these options it relies on core's own. */
  site?(options: z.output<O>, path: string): SiteStrategy | undefined;
  /**
   * Short options of a command line, by the path of the option that each sets: `{ mu: 'mu' }` lets `--mu 0.1` stand for
   * `--set aggregator.options.mu=0.1`.
   */
  readonly flags?: Readonly<Record<string, string>>;
  /** Of a mechanism: how it is written into a plan from a few settings. */
  readonly draft?: MechanismDraft;
  /** Of a trainer. Absent: that of a slow one. */
  readonly speed?: TrainerSpeed;
  /** Of a trainer: whether what it needs beside its package is installed. Absent: it needs nothing. It loads nothing. */
  readonly available?: () => boolean;
  /** Of a trainer: whether, with these options of its own, it must not run in several threads of a process. Absent: it may. */
  readonly inOneThread?: (options: Readonly<Record<string, unknown>>) => boolean;
}

/** A plugin as a package exports it, in a list named `plugins`. */
export interface Plugin<K extends PluginKind = PluginKind> {
  readonly specificationVersion: number;
  readonly kind: K;
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType;
  readonly flags: Readonly<Record<string, string>>;
  /** Absent where whoever wants it writes its options. */
  readonly draft?: MechanismDraft;
  /** Absent where a trainer does not say. */
  readonly speed?: TrainerSpeed;
  /** Absent where it needs nothing beside its package. */
  readonly available?: () => boolean;
  /** Absent where a trainer may run in several threads of a process, whatever its options. */
  readonly inOneThread?: (options: Readonly<Record<string, unknown>>) => boolean;
  /** @throws {FedwardError} CONFIG_INVALID naming the option */
  create(options: unknown, path?: string): PluginKinds[K];
  /** Absent where it has no half at the sites. @throws {FedwardError} CONFIG_INVALID naming the option */
  site?(options: unknown, path?: string): SiteStrategy | undefined;
}

/**
 * A plugin whose options are checked before it is made.
 * @throws {FedwardError} ARGUMENT_INVALID for a name that no plan should have, and a speed that is not above 0
 */
export function definePlugin<K extends PluginKind, O extends z.ZodType>(definition: PluginDefinition<K, O>): Plugin<K> {
  const { kind, name, summary, options, flags = {}, draft, speed, available, inOneThread } = definition;
  assertThat(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name),
    'name',
    `the plugin's name ${name} must be words with hyphens`,
  );
  if (speed)
    for (const key of ['secondsAStep', 'multiplyAddsASecond'] as const) assertPositive(`speed.${key}`, speed[key]);
  // Under its whole path, so that a message names the key as it stands in the plan.
  const parsed = (given: unknown, path: string): z.output<O> =>
    parseWith(z.object({ [path]: options }), { [path]: given ?? {} }, name)[path] as z.output<O>;
  const at = `${kind}.options`;
  return {
    ...{ specificationVersion, kind, name, summary, options, flags },
    ...(draft && { draft }),
    ...(speed && { speed }),
    ...(available && { available }),
    ...(inOneThread && { inOneThread }),
    create: (given, path = at) => definition.create(parsed(given, path), path),
    ...(definition.site && { site: (given: unknown, path = at) => definition.site!(parsed(given, path), path) }),
  };
}
