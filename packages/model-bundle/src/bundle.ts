import {
  canonicalJson,
  createLayout,
  createParameters,
  decodeSafetensors,
  encodeSafetensors,
  FedwardError,
  type Json,
  type Parameters,
} from '@fedward/core';
import { parseManifest, type BundleManifest } from './manifest.js';

/** A trained model with all that it takes to use it. */
export interface ModelBundle {
  readonly manifest: BundleManifest;
  readonly weights: Parameters;
}

/** Under this key of a safetensors file's metadata the manifest lies, as JSON. */
export const bundleKey = 'fedward.bundle';

/**
 * A bundle as one file: the weights as safetensors, which any reader of that format opens, with the manifest in its
 * metadata. The file's SHA-256 is the bundle's digest. Equal bundles are equal bytes.
 */
export function encodeBundle({ manifest, weights }: ModelBundle): Uint8Array {
  const tensors = weights.layout.tensors.map(({ name, shape, offset, size }) => ({
    name,
    shape,
    values: weights.values.subarray(offset, offset + size),
  }));
  return encodeSafetensors(tensors, {
    ...(manifest.planHash !== null && { planHash: manifest.planHash }),
    model: JSON.stringify(manifest.model),
    [bundleKey]: canonicalJson(manifest as unknown as Json),
  });
}

/**
 * @param name how the file is called in messages
 * @throws {FedwardError} FILE_INVALID for no safetensors file of float32, or one without a manifest (`readBundle` reads those
 *   of older versions); CONFIG_INVALID for a manifest that is none
 */
export function decodeBundle(bytes: Uint8Array, name: string): ModelBundle {
  const { weights, metadata } = decodeWeights(bytes);
  const written = metadata[bundleKey];
  if (written === undefined)
    throw new FedwardError('FILE_INVALID', `${name} holds weights alone, and nothing says what they are for`, name);
  return { manifest: parseManifest(jsonIn(written, 'manifest', name), name), weights };
}

/** The tensors of a safetensors file in the order of their places. @throws {FedwardError} FILE_INVALID */
export function decodeWeights(bytes: Uint8Array) {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const layout = createLayout(tensors);
  const values = new Float32Array(layout.size);
  tensors.forEach((tensor, n) => {
    if (!(tensor.values instanceof Float32Array))
      throw new FedwardError('FILE_INVALID', `tensor ${tensor.name} is not float32`, tensor.name);
    values.set(tensor.values, layout.tensors[n]!.offset);
  });
  return { weights: createParameters(layout, values), metadata };
}

/** JSON that lies in a file's metadata. */
export function jsonIn(text: string, what: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${name}: its ${what} is no JSON`, name, { cause });
  }
}
