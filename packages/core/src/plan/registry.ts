import { FedwardError } from '../base/errors.js';
import { didYouMean } from '../base/did-you-mean.js';
import type { PluginReference } from './plan.js';

/**
 * Makes a plugin from the options in a plan.
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export type PluginFactory<T> = (options: unknown, path?: string) => T;

/** The plugins of one kind that are installed here. A plan can only name these. */
export class Registry<T> {
  readonly #factories = new Map<string, PluginFactory<T>>();

  /** @param kind for messages, such as `aggregator` */
  constructor(
    readonly kind: string,
    factories: Readonly<Record<string, PluginFactory<T>>> = {},
  ) {
    for (const [name, factory] of Object.entries(factories)) this.register(name, factory);
  }

  /** @throws {FedwardError} ARGUMENT_INVALID for a name that is taken */
  register(name: string, factory: PluginFactory<T>): this {
    if (this.#factories.has(name))
      throw new FedwardError('ARGUMENT_INVALID', `there is already a ${this.kind} named ${name}`, name);
    this.#factories.set(name, factory);
    return this;
  }

  get names(): string[] {
    return [...this.#factories.keys()].sort();
  }

  /** @throws {FedwardError} PLUGIN_UNKNOWN, naming those that are there */
  create(reference: PluginReference, path = this.kind): T {
    const factory = this.#factories.get(reference.name);
    if (factory) return factory(reference.options, `${path}.options`);
    const message =
      `there is no ${this.kind} named ${reference.name}; installed: ${this.names.join(', ')}` +
      didYouMean(reference.name, this.names);
    throw new FedwardError('PLUGIN_UNKNOWN', `${path}.name: ${message}`, `${path}.name`);
  }
}
