import { placeLayers, type LayerSpec, type ModelSpec } from '@fedward/core';
import { graphRefused } from '@fedward/core/training';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { GroupNormalization } from './group-normalization.js';
import type { Layer } from './inspect.js';

/** A `tf.Sequential` of a spec's layers, with weights of its own. */
export function buildModel(spec: ModelSpec): LayersModel {
  // tfjs has no Flatten for what is flat already.
  const placed = placeLayers(spec).filter(({ layer, inputShape }) => layer.type !== 'flatten' || inputShape.length > 1);
  return sequential({
    layers: placed.map(({ layer }, i) => buildLayer(layer, i === 0 ? { inputShape: [...spec.inputShape] } : {})),
  });
}

function buildLayer(layer: LayerSpec, place: { inputShape?: number[] }): Layer {
  switch (layer.type) {
    case 'dense':
      return layers.dense({ ...place, units: layer.units, useBias: layer.bias });
    case 'conv1d':
      return layers.conv1d({
        ...place,
        filters: layer.filters,
        kernelSize: layer.kernelSize,
        strides: layer.stride,
        padding: layer.padding,
        useBias: layer.bias,
      });
    case 'conv2d':
      return layers.conv2d({
        ...place,
        filters: layer.filters,
        kernelSize: [...layer.kernelSize],
        strides: [...layer.stride],
        padding: layer.padding,
        useBias: layer.bias,
      });
    case 'max-pool1d':
      return layers.maxPooling1d({ ...place, poolSize: layer.kernelSize, strides: layer.stride });
    case 'average-pool1d':
      return layers.averagePooling1d({ ...place, poolSize: layer.kernelSize, strides: layer.stride });
    case 'max-pool2d':
      return layers.maxPooling2d({ ...place, poolSize: [...layer.kernelSize], strides: [...layer.stride] });
    case 'average-pool2d':
      return layers.averagePooling2d({ ...place, poolSize: [...layer.kernelSize], strides: [...layer.stride] });
    case 'graph':
      throw graphRefused('tfjs');
    case 'flatten':
      return layers.flatten(place);
    case 'scale':
      return layers.rescaling({ ...place, scale: layer.factor });
    case 'activation':
      return layers.activation({ ...place, activation: layer.function });
    case 'dropout':
      return layers.dropout({ ...place, rate: layer.rate });
    case 'group-norm':
      return new GroupNormalization({ ...place, groups: layer.groups, epsilon: layer.epsilon });
  }
}
