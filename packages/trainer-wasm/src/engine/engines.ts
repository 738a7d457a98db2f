import { canonicalJson, FedwardError, layoutOf, type ModelSpec } from '@fedward/core';
import type { EngineExports } from './exports.js';
import { bestBuild, instantiate } from './module.js';
import { addLayers } from './network.js';
import { webAssembly } from './webassembly.js';

/** How many examples a program must hold. */
export interface Size {
  /** Most examples of a batch. */
  readonly batch: number;
  /** Most examples whose gradients are clipped together; 0 without clipping by example. */
  readonly unit: number;
  /** True where a batch must not go through in parts, since its losses depend on each other. */
  readonly whole: boolean;
}

/**
 * Memory for what passes through the layers at once. Images in parts that stay in the caches take about 0.8
 * of the time of a whole batch (decision 104). Each part reads all weights, so that it is to be as large as
 * these, but for what gains nothing any more.
 */
const leastBudget = 4 * 2 ** 20;
const mostBudget = 32 * 2 ** 20;
const mostMemory = 2 ** 32 - 2 ** 26;
const mostIdle = 8;
const idle = new Map<string, EngineExports[]>();

export interface Engine extends EngineExports {
  /** Most examples that pass through at once. */
  readonly capacity: number;
  /** Number of the model's weights. */
  readonly weights: number;
}

/**
 * Runs `use` with a program for this model, which nobody else has meanwhile. Programs are kept for the next training
 * of the same shape.
 */
export async function withEngine<T>(model: ModelSpec, size: Size, use: (engine: Engine) => Promise<T>): Promise<T> {
  const key = keyOf(model, size);
  const engine = (idle.get(key)?.pop() as Engine | undefined) ?? createEngine(model, size);
  // Not after a failure: what a program holds then is not known.
  const result = await use(engine);
  const others = idle.get(key) ?? [];
  idle.delete(key);
  idle.set(key, [...others, engine]);
  if (idle.size > mostIdle) idle.delete(idle.keys().next().value!);
  return result;
}

const modelKeys = new WeakMap<ModelSpec, string>();

function keyOf(model: ModelSpec, { batch, unit, whole }: Size): string {
  let key = modelKeys.get(model);
  if (key === undefined) modelKeys.set(model, (key = canonicalJson(model)));
  return `${batch} ${unit} ${whole} ${key}`;
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a model that needs more memory than WebAssembly has */
export function createEngine(model: ModelSpec, size: Size, build = bestBuild()): Engine {
  const exports = instantiate(build);
  try {
    addLayers(exports, model);
    const values = exports.footprint(size.unit);
    const weights = layoutOf(model).size;
    const budget = Math.min(mostBudget, Math.max(leastBudget, 4 * weights));
    const inBudget = Math.floor(budget / 4 / values);
    const capacity = size.whole ? size.batch : Math.max(1, size.unit, Math.min(size.batch, inBudget));
    assertMemory(capacity * values * 4);
    exports.build(capacity, size.unit);
    return { ...exports, capacity, weights };
  } catch (error) {
    throw error instanceof webAssembly.RuntimeError ? tooLarge(error) : error;
  }
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE */
export function assertMemory(bytes: number): void {
  if (bytes > mostMemory) throw tooLarge();
}

function tooLarge(cause?: unknown): FedwardError {
  return new FedwardError(
    'CONFIG_INCOMPATIBLE',
    'model, batch and data together need more than the 4 GiB that WebAssembly has: smaller batches, or trainer tfjs',
    'training.trainer',
    { cause },
  );
}
