import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type LayerVariable } from '@tensorflow/tfjs-layers';
import { runGroupNorm } from '../model/group-norm.js';

interface GroupNormalizationArgs {
  readonly groups: number;
  readonly epsilon: number;
  readonly inputShape?: number[];
  readonly name?: string;
}

/**
 * Group normalization as a layer, which TensorFlow.js has not. Its configuration is that of Keras 3's
 * `GroupNormalization` (channels last).
 */
export class GroupNormalization extends layers.Layer {
  /** @nocollapse */
  static readonly className = 'GroupNormalization';
  readonly #groups: number;
  readonly #epsilon: number;
  #gamma: LayerVariable | undefined;
  #beta: LayerVariable | undefined;

  constructor(args: GroupNormalizationArgs) {
    super(args);
    this.#groups = args.groups;
    this.#epsilon = args.epsilon;
  }

  override build(inputShape: (number | null)[]): void {
    const shape = [inputShape.at(-1)!];
    this.#gamma = this.addWeight('gamma', shape, 'float32', initializers.ones());
    this.#beta = this.addWeight('beta', shape, 'float32', initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const tensors = [this.#gamma!.read(), this.#beta!.read()];
    return tf.tidy(() => runGroupNorm([inputs].flat()[0]!, tensors, this.#groups, this.#epsilon).output);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), groups: this.#groups, epsilon: this.#epsilon, axis: -1 };
  }
}

tf.serialization.registerClass(GroupNormalization);
