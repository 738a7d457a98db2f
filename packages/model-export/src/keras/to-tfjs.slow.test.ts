import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@fedward/core';
import { registerLayers } from '@fedward/trainer-tfjs';
import { wasmTrainer } from '@fedward/trainer-wasm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleFor, networkFor } from '../testing/problems.js';
import { toKerasJson } from './to-keras-json.js';
import { toTfjs } from './to-tfjs.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-keras-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const shape = [8, 9, 2];
const model = networkFor('classes', shape, [
  { type: 'conv2d', filters: 6, kernelSize: [3, 2], stride: [2, 1], padding: 'same' },
  { type: 'group-norm', groups: 3 },
  { type: 'activation', function: 'elu' },
  { type: 'scale', factor: 0.5 },
  { type: 'average-pool2d', kernelSize: [2, 2], stride: [1, 2] },
  { type: 'dropout', rate: 0.2 },
]);
const bundle = bundleFor(model, 'classes', null, 3, { threshold: null });
const draw = new Random(4);
const count = 5;
const features = Float32Array.from({ length: count * 8 * 9 * 2 }, () => 2 * draw.uniform() - 1);

/** [count * classes] probabilities, as fedward has them. */
async function expected(): Promise<number[]> {
  const data = { count, featureShape: shape, features, labels: new Float32Array(count) };
  const logits = await wasmTrainer().predict(model, bundle.weights, data);
  return Array.from({ length: count }, (_, row) => {
    const powers = [...logits.subarray(4 * row, 4 * row + 4)].map(Math.exp);
    const sum = powers.reduce((one, other) => one + other, 0);
    return powers.map((power) => power / sum);
  }).flat();
}

function expectClose(found: ArrayLike<number>, wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
}

it('TensorFlow.js loads the folder, and says the same', async () => {
  await registerLayers();
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-cpu');
  const { loadLayersModel } = await import('@tensorflow/tfjs-layers');
  await tf.setBackend('cpu');
  const files = new Map(toTfjs(bundle).map(({ name, bytes }) => [name, bytes]));
  const json = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as never as {
    modelTopology: object;
    weightsManifest: { weights: never[] }[];
  };
  const loaded = await loadLayersModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0]!.weights,
      weightData: files.get('weights.bin')!.slice().buffer,
    }),
  });
  const told = loaded.predict(tf.tensor(features, [count, ...shape])) as { dataSync(): Float32Array };
  expectClose(told.dataSync(), await expected());
});

const environment = { ...process.env, KERAS_BACKEND: process.env['KERAS_BACKEND'] ?? 'jax' };
const hasKeras = spawnSync('python3', ['-c', 'import keras, safetensors'], { env: environment }).status === 0;

it.skipIf(!hasKeras)('Keras loads it (skipped without python3 that has keras and safetensors)', async () => {
  for (const { name, bytes } of toKerasJson(bundle)) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, 'features.bin'), new Uint8Array(features.buffer));
  const script = `
import json, pathlib, runpy, sys, numpy
folder = pathlib.Path(sys.argv[1])
model = runpy.run_path(str(folder / "load.py"))["model"]
x = numpy.fromfile(folder / "features.bin", "<f4").reshape(${count}, ${shape.join(', ')})
print(json.dumps(numpy.asarray(model.predict(x, verbose=0)).reshape(-1).tolist()))`;
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script, folder], {
    encoding: 'utf8',
    env: environment,
  });
  expect(status, stderr).toBe(0);
  expectClose(JSON.parse(stdout.trim().split('\n').at(-1)!) as number[], await expected());
});
