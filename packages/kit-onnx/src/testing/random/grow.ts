import { uniform } from '../compare.js';
import type { NetworkBuilder } from '../network-builder.js';

/** What has been built so far: a value [N, ...shape]. */
export interface Sofar {
  readonly value: string;
  readonly shape: readonly number[];
}

/** Whole numbers from low to high, and one of several, by a seed. */
export class Choices {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = uniform(seed);
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  of<T>(values: readonly T[]): T {
    return values[this.int(0, values.length - 1)]!;
  }
}

/** Adds operators to a value; undefined where they do not fit it. */
export type Grow = (b: NetworkBuilder, sofar: Sofar, choose: Choices) => Sofar | undefined;

export const count = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);
export const float = (b: NetworkBuilder, value: number): string => b.constant('float32', [], [value]);
