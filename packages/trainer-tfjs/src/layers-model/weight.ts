import type { LayerVariable } from '@tensorflow/tfjs-layers';

/** One weight of a model and where it stands among its parameters. */
export interface Weight {
  readonly name: string;
  readonly variable: LayerVariable;
  readonly trainable: boolean;
  readonly offset: number;
  readonly size: number;
  readonly shape: readonly number[];
}
