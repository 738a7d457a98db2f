import { FedwardError, type LocalTrainer } from '@fedward/core';

/** Makes a trainer; called once a thread. */
export interface TrainerFactory {
  (): Promise<LocalTrainer> | LocalTrainer;
  /**
   * For a trainer of one's own: the URL of a module whose default export is this factory, so that worker threads can
   * make it too. Without it the trainer runs in the main thread only.
   */
  readonly module?: string;
}

/** Loaded when they are named, since a tensor library takes its time. A team with its own adds it. */
export const trainerRegistry: Record<string, TrainerFactory> = {
  wasm: async () => (await import('@fedward/trainer-wasm')).wasmTrainer(),
  tfjs: async () => (await import('@fedward/trainer-tfjs')).tfjsTrainer(),
};

const builtIn: ReadonlySet<string> = new Set(Object.keys(trainerRegistry));

/** Which trainer a worker thread is to make, and from where. */
export interface TrainerSource {
  readonly name: string;
  readonly module?: string;
}

/** Undefined for a trainer that only the main thread can make. */
export function sourceOf(name: string): TrainerSource | undefined {
  const module = trainerRegistry[name]?.module;
  if (module !== undefined) return { name, module };
  return builtIn.has(name) ? { name } : undefined;
}

/** @throws {FedwardError} PLUGIN_UNKNOWN for a name that is not built in, where there is no module */
export async function makeTrainer({ name, module }: TrainerSource): Promise<LocalTrainer> {
  if (module !== undefined) return ((await import(module)) as { default: TrainerFactory }).default();
  if (!Object.hasOwn(trainerRegistry, name))
    throw new FedwardError('PLUGIN_UNKNOWN', `there is no trainer named ${name} here`, 'training.trainer');
  return trainerRegistry[name]!();
}
