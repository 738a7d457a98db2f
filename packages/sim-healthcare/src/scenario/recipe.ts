import type { TrainingData } from '@fedward/core';
import type { DataMaker, DataRecipe } from './data-recipe.js';

/**
 * Simulated data that are made when they are looked at, and let go when others are: of many sites, whose training comes one
 * after the other, one is in memory, whether or not the garbage collector has come round. Looked at again they are the same.
 */
export class SimulatedData implements TrainingData {
  static #newest: SimulatedData | undefined;
  #made: ReturnType<DataMaker> | undefined;

  constructor(
    readonly recipe: DataRecipe,
    readonly count: number,
    readonly featureShape: readonly number[],
    private readonly make: DataMaker,
  ) {}

  get features(): Float32Array {
    return this.#data().features;
  }

  get labels(): Float32Array {
    return this.#data().labels;
  }

  #data(): ReturnType<DataMaker> {
    if (this.#made) return this.#made;
    if (SimulatedData.#newest) SimulatedData.#newest.#made = undefined;
    SimulatedData.#newest = this;
    return (this.#made = this.make(this.recipe));
  }
}

/** Loaded when a recipe names them. */
export const makers: Readonly<Record<string, () => Promise<DataMaker>>> = {
  'simulated-images': async () => (await import('./simulated-images.js')).makeImages,
};
