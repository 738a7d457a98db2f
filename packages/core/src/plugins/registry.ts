import { didYouMean } from '../base/did-you-mean.js';
import { FedwardError } from '../base/errors.js';
import type { SiteStrategy } from '../interfaces/strategy.js';
import type { PluginReference } from '../plan/plan.js';
import { specificationVersion, type Plugin, type PluginKind, type PluginKinds } from './plugin.js';

/** The plugins that are installed here, of all kinds. A plan can only name these. */
export class PluginRegistry {
  readonly #plugins = new Map<string, Plugin>();

  constructor(plugins: readonly Plugin[] = []) {
    for (const plugin of plugins) this.add(plugin);
  }

  /** @throws {FedwardError} ARGUMENT_INVALID for a name that is taken, or a plugin that was made for another core */
  add(plugin: Plugin): this {
    const { kind, name } = plugin;
    if (plugin.specificationVersion !== specificationVersion)
      throw new FedwardError(
        'ARGUMENT_INVALID',
        `${kind} ${name} is made after version ${String(plugin.specificationVersion)} of the plugin specification, this is ` +
          `${specificationVersion}: install matching versions`,
        name,
      );
    if (this.#plugins.has(key(kind, name)))
      throw new FedwardError('ARGUMENT_INVALID', `there is already a ${kind} named ${name}`, name);
    this.#plugins.set(key(kind, name), plugin);
    return this;
  }

  /** All of a kind, by name. */
  of(kind: PluginKind): readonly Plugin[] {
    return [...this.#plugins.values()]
      .filter((plugin) => plugin.kind === kind)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  names(kind: PluginKind): string[] {
    return this.of(kind).map(({ name }) => name);
  }

  /**
   * @param path where the name stands, for messages
   * @throws {FedwardError} PLUGIN_UNKNOWN, naming those that are there
   */
  get<K extends PluginKind>(kind: K, name: string, path: string = kind): Plugin<K> {
    const plugin = this.#plugins.get(key(kind, name));
    if (plugin) return plugin as Plugin<K>;
    const names = this.names(kind);
    const message = `there is no ${kind} named ${name}; installed: ${names.join(', ')}${didYouMean(name, names)}`;
    throw new FedwardError('PLUGIN_UNKNOWN', `${path}: ${message}`, path);
  }

  /**
   * What a plan names, with its options.
   * @throws {FedwardError} PLUGIN_UNKNOWN; CONFIG_INVALID naming the option
   */
  create<K extends PluginKind>(kind: K, { name, options }: PluginReference, path: string = kind): PluginKinds[K] {
    return this.get(kind, name, `${path}.name`).create(options, `${path}.options`);
  }

  /** The half at the sites of the aggregator that a plan names; undefined where it relies on core's own. */
  site({ name, options }: PluginReference, path = 'aggregator'): SiteStrategy | undefined {
    return this.get('aggregator', name, `${path}.name`).site?.(options, `${path}.options`);
  }
}

function key(kind: string, name: string): string {
  return `${kind} ${name}`;
}
