import { incompatible, placeLayers, type LayerSpec, type ModelSpec } from '@fedward/core';

/** A layer in the words of Keras, without its weights. */
export interface KerasLayer {
  readonly className: string;
  /** As Keras 3 and TensorFlow.js both have it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** [of its tensors, in Keras' order]: their names in Keras, and in the bundle. */
  readonly weights: readonly (readonly [keras: string, own: string])[];
}

/** What Keras calls a layer's tensors. */
const kerasRoles: Readonly<Record<string, string>> = { kernel: 'kernel', bias: 'bias', scale: 'gamma', shift: 'beta' };

/** The layers of a spec, and what makes probabilities of logits: softmax or sigmoid; none for values and log hazards. */
export function kerasLayers(spec: ModelSpec): KerasLayer[] {
  const own = placeLayers(spec)
    // TensorFlow.js has no Flatten for what is flat already.
    .filter(({ layer, inputShape }) => layer.type !== 'flatten' || inputShape.length > 1)
    .map(({ layer, tensors }, i): KerasLayer => {
      const [className, config] = configOf(layer);
      const name = `layer_${i + 1}_${layer.type.replaceAll('-', '_')}`;
      const weights = tensors.map((tensor) => [kerasRoles[tensor.name.split('.')[2]!]!, tensor.name] as const);
      return { className, config: { name, trainable: true, dtype: 'float32', ...config }, weights };
    });
  const last = { 'softmax-cross-entropy': 'softmax', 'sigmoid-cross-entropy': 'sigmoid', 'squared-error': '', cox: '' };
  const activation = last[spec.loss];
  if (activation === '') return own;
  const config = { name: 'probabilities', trainable: true, dtype: 'float32', activation };
  return [...own, { className: 'Activation', config, weights: [] }];
}

function configOf(layer: LayerSpec): readonly [className: string, config: Readonly<Record<string, unknown>>] {
  switch (layer.type) {
    case 'dense':
      return ['Dense', { units: layer.units, activation: 'linear', use_bias: layer.bias }];
    case 'conv1d':
    case 'conv2d':
      return [
        layer.type === 'conv1d' ? 'Conv1D' : 'Conv2D',
        {
          filters: layer.filters,
          kernel_size: [layer.kernelSize].flat(),
          strides: [layer.stride].flat(),
          padding: layer.padding,
          data_format: 'channels_last',
          activation: 'linear',
          use_bias: layer.bias,
        },
      ];
    case 'max-pool1d':
      return ['MaxPooling1D', pooling([layer.kernelSize], [layer.stride])];
    case 'average-pool1d':
      return ['AveragePooling1D', pooling([layer.kernelSize], [layer.stride])];
    case 'max-pool2d':
      return ['MaxPooling2D', pooling(layer.kernelSize, layer.stride)];
    case 'average-pool2d':
      return ['AveragePooling2D', pooling(layer.kernelSize, layer.stride)];
    case 'graph':
      throw incompatible(
        'a graph of ONNX operators has no layers of Keras: export it as onnx (--format onnx)',
        'model.layers',
      );
    case 'flatten':
      return ['Flatten', { data_format: 'channels_last' }];
    case 'scale':
      return ['Rescaling', { scale: layer.factor, offset: 0 }];
    case 'activation':
      return ['Activation', { activation: layer.function }];
    case 'dropout':
      return ['Dropout', { rate: layer.rate }];
    case 'group-norm':
      return ['GroupNormalization', { groups: layer.groups, axis: -1, epsilon: layer.epsilon }];
  }
}

function pooling(size: readonly number[], strides: readonly number[]) {
  return { pool_size: size, strides, padding: 'valid', data_format: 'channels_last' };
}
