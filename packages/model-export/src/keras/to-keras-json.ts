import { encodeSafetensors } from '@fedward/core';
import type { ModelBundle } from '@fedward/model-bundle';
import { jsonFile, type ExportedFile } from '../exported-file.js';
import { kerasLayers } from './layer-configs.js';
import { besideNetwork } from './not-inside.js';

/**
 * A folder for Keras 3: `model.json` for `keras.models.model_from_json`, `weights.safetensors` with the tensors in the order
 * and by the paths that the model's weights have (`layer_1_dense/kernel`), and `preprocessing.json`, which is not inside the
 * model. Keras itself reads weights from HDF5 alone, so `load.py` puts them in: some lines that need keras and safetensors.
 */
export function toKerasJson({ manifest, weights }: ModelBundle): readonly ExportedFile[] {
  const layers = kerasLayers(manifest.model);
  const tensors = new Map(weights.layout.tensors.map((tensor) => [tensor.name, tensor]));
  const named = layers.flatMap(({ config, weights: own }) =>
    own.map(([role, name]) => {
      const { shape, offset, size } = tensors.get(name)!;
      return {
        name: `${String(config['name'])}/${role}`,
        shape,
        values: weights.values.subarray(offset, offset + size),
      };
    }),
  );
  const inModule = (class_name: string, config: object) => ({
    module: 'keras.layers',
    class_name,
    config,
    registered_name: null,
  });
  const input = { batch_shape: [null, ...manifest.model.inputShape], dtype: 'float32', name: 'features' };
  const model = {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'fedward',
      trainable: true,
      dtype: 'float32',
      layers: [inModule('InputLayer', input), ...layers.map(({ className, config }) => inModule(className, config))],
    },
    registered_name: null,
  };
  return [
    jsonFile('model.json', model),
    { name: 'weights.safetensors', bytes: encodeSafetensors(named, { format: 'keras' }) },
    { name: 'load.py', bytes: new TextEncoder().encode(loader) },
    besideNetwork(manifest),
  ];
}

const loader = `"""Loads the model that lies beside this file: python -i load.py; needs keras 3 and safetensors."""
import pathlib

import keras
from safetensors.numpy import load_file

folder = pathlib.Path(__file__).parent
model = keras.models.model_from_json((folder / "model.json").read_text())
weights = load_file(folder / "weights.safetensors")
for variable in model.weights:
    variable.assign(weights["/".join(variable.path.split("/")[-2:])])
`;
