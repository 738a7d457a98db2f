import {
  didYouMean,
  FedwardError,
  PluginRegistry,
  type Plugin,
  type PluginKind,
  type PluginKinds,
  type PluginReference,
  type SiteStrategy,
} from '@fedward/core';
import type { TrainerOptions, TrainerSource } from '../wiring/trainers.js';
import { catalogue } from './catalogue.js';
import { describePlugin, type DescribedPlugin } from './describe-plugin.js';
import type { TeamPlugins } from './team.js';

/** The plugins that a plan may name here: those that come with fedward, and a team's own. Only what is named is loaded. */
export class InstalledPlugins {
  private constructor(
    readonly team: readonly TeamPlugins[],
    private readonly described: readonly DescribedPlugin[],
    private readonly loaded: PluginRegistry,
    /** Of the plan's trainer, as it runs here. */
    readonly trainerOptions: TrainerOptions = {},
  ) {}

  /**
   * @param asked plan, options, config, defaults: a package is loaded where the name of one of its plugins is a string in it
   * @throws {FedwardError} CONFIG_INVALID for a team's plugin whose name is taken; ARGUMENT_INVALID for one made for
   *   another core
   */
  static async load(team: readonly TeamPlugins[], ...asked: unknown[]): Promise<InstalledPlugins> {
    const ours = catalogue.flatMap(({ plugins }) => plugins);
    const theirs = team.flatMap(({ plugins }) => plugins.map(describePlugin));
    const taken = new Set(ours.map(keyOf));
    for (const plugin of theirs) {
      if (taken.has(keyOf(plugin)))
        throw invalid('--plugin', `the name ${plugin.name} of this ${plugin.kind} is taken: give yours another name`);
      taken.add(keyOf(plugin));
    }
    const described = [...ours, ...theirs];
    const names = new Set(asked.flatMap((value) => stringsIn(value)));
    for (const { name, draft } of described) if (draft && names.has(name)) names.add(draft.accountant);
    const wanted = catalogue.filter(({ plugins }) => plugins.some(({ name }) => names.has(name)));
    const modules = await Promise.all(wanted.map(({ load }) => load()));
    const all = [...modules, ...team].flatMap(({ plugins }) => plugins);
    return new InstalledPlugins(team, described, new PluginRegistry(all));
  }

  /** The same, with options of the plan's trainer. */
  withTrainerOptions(options: TrainerOptions = {}): InstalledPlugins {
    return new InstalledPlugins(this.team, this.described, this.loaded, options);
  }

  /** What there is of a kind, loaded or not. */
  of(kind: PluginKind): readonly DescribedPlugin[] {
    return this.described.filter((plugin) => plugin.kind === kind);
  }

  /** @throws {FedwardError} PLUGIN_UNKNOWN, naming all that there are */
  get<K extends PluginKind>(kind: K, name: string, path: string = kind): Plugin<K> {
    const names = this.of(kind).map((plugin) => plugin.name);
    if (names.includes(name)) return this.loaded.get(kind, name, path);
    const message = `there is no ${kind} named ${name}; installed: ${names.join(', ')}${didYouMean(name, names)}`;
    throw new FedwardError('PLUGIN_UNKNOWN', `${path}: ${message}`, path);
  }

  /** Undefined for one that there is not, or that is not loaded. */
  find<K extends PluginKind>(kind: K, name: string): Plugin<K> | undefined {
    return this.loaded.names(kind).includes(name) ? this.loaded.get(kind, name) : undefined;
  }

  /** @throws {FedwardError} PLUGIN_UNKNOWN; CONFIG_INVALID naming the option */
  create<K extends PluginKind>(kind: K, { name, options }: PluginReference, path: string = kind): PluginKinds[K] {
    return this.get(kind, name, `${path}.name`).create(options, `${path}.options`);
  }

  /** The half at the sites of an aggregator; undefined where it relies on core's own. */
  site({ name, options }: PluginReference): SiteStrategy | undefined {
    return this.get('aggregator', name, 'aggregator.name').site?.(options, 'aggregator.options');
  }

  /** From where a worker thread gets a trainer; undefined for one that only this thread has. */
  trainerSource(name: string): TrainerSource | undefined {
    const own = this.team.find(({ plugins }) =>
      plugins.some((plugin) => plugin.kind === 'trainer' && plugin.name === name),
    );
    const options = this.trainerOptions;
    const source = { name, ...(Object.keys(options).length > 0 && { options }) };
    if (own) return own.module === undefined ? undefined : { ...source, module: own.module };
    return source;
  }
}

function keyOf({ kind, name }: DescribedPlugin): string {
  return `${kind} ${name}`;
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(stringsIn);
}

function invalid(key: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${key}: ${why}`, key);
}
