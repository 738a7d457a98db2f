import type { ModelBundle } from '@fedward/model-bundle';
import { jsonFile, type ExportedFile } from '../exported-file.js';
import { kerasLayers } from './layer-configs.js';
import { besideNetwork } from './not-inside.js';

/**
 * A folder that `tf.loadLayersModel` reads: `model.json`, `weights.bin`, and `preprocessing.json` beside them, which is not
 * inside the model. It ends in softmax or sigmoid where it tells classes; one output of a sigmoid is that of class 1. A model
 * with group normalisation needs `registerLayers()` of @fedward/trainer-tfjs before it is loaded: TensorFlow.js has no such
 * layer of its own.
 */
export function toTfjs({ manifest, weights }: ModelBundle): readonly ExportedFile[] {
  const layers = kerasLayers(manifest.model);
  const shapes = new Map(weights.layout.tensors.map((tensor) => [tensor.name, tensor]));
  const written = layers.flatMap(({ config, weights: own }) =>
    own.map(([role, name]) => ({ name: `${String(config['name'])}/${role}`, tensor: shapes.get(name)! })),
  );
  const topology = {
    class_name: 'Sequential',
    config: {
      name: 'fedward',
      layers: layers.map(({ className, config }, i) => ({
        class_name: className,
        config: { ...config, ...(i === 0 && { batch_input_shape: [null, ...manifest.model.inputShape] }) },
      })),
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
  const model = {
    format: 'layers-model',
    generatedBy: manifest.software,
    convertedBy: null,
    modelTopology: topology,
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: written.map(({ name, tensor }) => ({ name, shape: tensor.shape, dtype: 'float32' })),
      },
    ],
  };
  const size = written.reduce((sum, { tensor }) => sum + tensor.size, 0);
  const values = new DataView(new ArrayBuffer(4 * size));
  let at = 0;
  for (const { tensor } of written)
    for (let i = 0; i < tensor.size; i++, at += 4) values.setFloat32(at, weights.values[tensor.offset + i]!, true);
  return [
    jsonFile('model.json', model),
    { name: 'weights.bin', bytes: new Uint8Array(values.buffer) },
    besideNetwork(manifest),
  ];
}
