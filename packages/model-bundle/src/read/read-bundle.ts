import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findNonFinite, FedwardError, isFedwardError, layoutOf, sameLayout, sha256, shapesOf } from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import { bundleKey, decodeBundle, decodeWeights, type ModelBundle } from '../bundle.js';
import { assertConsistent } from './assert-consistent.js';

/** A bundle with where it was read from. */
export interface ReadBundle extends ModelBundle {
  /** The file. */
  readonly file: string;
  /** SHA-256 of the file, hexadecimal, as `sha256sum` prints it. */
  readonly sha256: string;
  /** The run's folder, where that was named, or the file lies in one. */
  readonly run?: string;
  /** 0: a file of weights, spec and plan hash, as fedward 0.1 wrote it before there were bundles. */
  readonly version: 0 | 1;
}

/** Ten times the largest network that a hospital trains; a file is looked at before memory is taken for it. */
const mostBytes = 2 * 2 ** 30;
const fileName = 'model.safetensors';

/**
 * Reads a model of any version.
 *
 * @param path a run's folder, or a file
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what is too large, no safetensors file, or one without a model,
 *   where the weights are not those of the model or not finite, and where its parts do not fit together; CONFIG_INVALID for
 *   a manifest that is none
 */
export async function readBundle(path: string): Promise<ReadBundle> {
  const folder = isFolder(path);
  const file = folder ? join(path, fileName) : path;
  if (folder && !existsSync(file)) throw new FedwardError('FILE_NOT_FOUND', noModelIn(path), path);
  const bytes = await readBytes(file, { mostBytes });
  const beside = dirname(file);
  const { bundle, version } = await decoded(bytes, file, beside);
  assertWeights(bundle, file);
  assertConsistent(bundle.manifest, file);
  const inRun = folder || existsSync(join(beside, 'plan.json'));
  return { ...bundle, version, file, sha256: sha256(bytes), ...(inRun && { run: beside }) };
}

async function decoded(bytes: Uint8Array, file: string, beside: string) {
  try {
    const { metadata } = decodeWeights(bytes);
    if (metadata[bundleKey] !== undefined) return { bundle: decodeBundle(bytes, file), version: 1 as const };
    const { decodeVersion0 } = await import('./version-0.js');
    return { bundle: await decodeVersion0(bytes, file, beside), version: 0 as const };
  } catch (cause) {
    if (!isFedwardError(cause) || cause.message.startsWith(file)) throw cause;
    throw new FedwardError(cause.code, `${file}: ${cause.message}`, cause.subject ?? file, { cause });
  }
}

/** A model is its weights at the places where its spec has them. */
function assertWeights({ manifest, weights }: ModelBundle, file: string): void {
  const expected = layoutOf(manifest.model);
  if (!sameLayout(weights.layout, expected)) {
    const words = (tensors: readonly { readonly name: string; readonly shape: readonly number[] }[]): string =>
      tensors
        .slice(0, 20)
        .map(({ name, shape }) => `${name} [${shape.join(', ')}]`)
        .join(', ');
    throw new FedwardError(
      'FILE_INVALID',
      `${file}: the weights are not those of its model: ${words(shapesOf(weights.layout))} where there should be ${words(shapesOf(expected))}`,
      file,
    );
  }
  const bad = findNonFinite(weights);
  if (bad)
    throw new FedwardError('FILE_INVALID', `${file}: tensor ${bad.name} has a weight that is no finite number`, file);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function noModelIn(folder: string): string {
  return existsSync(join(folder, 'plan.json'))
    ? `${folder} has no model yet: its run is not finished (fedward simulate --resume --out ${folder})`
    : `${folder} has no ${fileName}: name the folder of a run, or the file of a model`;
}
