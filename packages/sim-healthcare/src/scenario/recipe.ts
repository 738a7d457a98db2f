import type { TrainingData } from '@fedward/core';
import type { DataMaker, DataRecipe } from './data-recipe.js';

/** Simulated data that are made when they are first looked at, and go with this object. */
export class SimulatedData implements TrainingData {
  #made: ReturnType<DataMaker> | undefined;

  constructor(
    readonly recipe: DataRecipe,
    readonly count: number,
    readonly featureShape: readonly number[],
    private readonly make: DataMaker,
  ) {}

  get features(): Float32Array {
    return (this.#made ??= this.make(this.recipe)).features;
  }

  get labels(): Float32Array {
    return (this.#made ??= this.make(this.recipe)).labels;
  }
}

/** Loaded when a recipe names them. */
export const makers: Readonly<Record<string, () => Promise<DataMaker>>> = {
  'simulated-images': async () => (await import('./simulated-images.js')).makeImages,
};
