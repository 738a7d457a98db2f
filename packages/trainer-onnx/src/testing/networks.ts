import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createParameters, layoutOf, type ModelSpec, type Parameters, type TrainingData } from '@fedward/core';
import { importedModel, importNetwork, readOnnx, trainability, type ImportOptions } from '@fedward/kit-onnx';

/** What PyTorch made of a network: see write_networks.py. */
export interface Written {
  /** Of one example, channels first. */
  readonly shape: readonly number[];
  readonly rate: number;
  readonly clip: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly norms: readonly number[];
  /** float64, by PyTorch's names. */
  readonly start: ReadonlyMap<string, Float64Array>;
  readonly end: ReadonlyMap<string, Float64Array>;
  readonly clipped: ReadonlyMap<string, Float64Array>;
}

const script = fileURLToPath(new URL('write_networks.py', import.meta.url));

/** Whether there is a Python that can write them. */
export const canWrite = spawnSync('python3', ['-c', 'import numpy, onnx, onnxscript, torch']).status === 0;

/** @throws {Error} with what Python says */
export function writeNetworks(folder: string, names: readonly string[]): void {
  const { status, stderr } = spawnSync('python3', [script, folder, ...names], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

export function readWritten(folder: string, name: string): Written {
  type Members = Pick<Written, 'shape' | 'rate' | 'clip' | 'x' | 'y' | 'before' | 'after' | 'norms'>;
  const text = readFileSync(join(folder, `${name}.json`), 'utf8');
  const { names, sizes, ...members } = JSON.parse(text) as Members & { names: string[]; sizes: number[] };
  const numbers = (what: string): ReadonlyMap<string, Float64Array> => {
    const { buffer, byteOffset, length } = readFileSync(join(folder, `${name}.${what}.f64`));
    const all = new Float64Array(buffer.slice(byteOffset, byteOffset + length));
    let at = 0;
    return new Map(names.map((one, index) => [one, all.subarray(at, (at += sizes[index]!))]));
  };
  return { ...members, start: numbers('start'), end: numbers('end'), clipped: numbers('clipped') };
}

/** A file as a model with its weights and PyTorch's examples. */
export interface Imported {
  readonly spec: ModelSpec;
  readonly parameters: Parameters;
  readonly data: TrainingData;
  readonly frozen: readonly string[];
  readonly refusedUnderPrivacy: readonly string[];
}

/** @throws {FedwardError} as `importNetwork` and `trainability` */
export function importWritten(path: string, { shape, x, y }: Written, options: ImportOptions = {}): Imported {
  const network = importNetwork(readOnnx(readFileSync(path), path), options);
  const { spec, weights, frozen } = importedModel(network);
  const { refusedUnderPrivacy } = trainability(network);
  const layout = layoutOf(spec);
  const values = new Float32Array(layout.size);
  layout.tensors.forEach(({ offset }, index) => values.set(weights[index]!.values, offset));
  const features = channelsLast(x, shape, y.length);
  const data = { count: y.length, featureShape: spec.inputShape, features, labels: Float32Array.from(y) };
  return { spec, parameters: createParameters(layout, values), data, frozen, refusedUnderPrivacy };
}

function channelsLast(
  x: readonly number[],
  [channels = 1, ...positions]: readonly number[],
  count: number,
): Float32Array {
  const each = positions.reduce((product, n) => product * n, 1);
  const features = new Float32Array(x.length);
  for (let example = 0; example < count; example++)
    for (let channel = 0; channel < channels; channel++)
      for (let at = 0; at < each; at++)
        features[(example * each + at) * channels + channel] = x[(example * channels + channel) * each + at]!;
  return features;
}

/** The largest difference of tensors that have PyTorch's names, over the largest number of all; how many were compared. */
export function tensorsOff({ layout, values }: Parameters, expected: ReadonlyMap<string, Float64Array>) {
  let [most, largest, compared] = [0, 0, 0];
  for (const { name, offset, size } of layout.tensors) {
    const right = expected.get(name.replace('0.graph.', ''));
    if (right?.length !== size) continue;
    compared++;
    for (const [index, value] of right.entries()) {
      const difference = Math.abs(values[offset + index]! - value);
      most = Number.isNaN(difference) ? Infinity : Math.max(most, difference);
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return { off: most / largest, compared };
}
