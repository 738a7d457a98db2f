import { encodeBundle, type ModelBundle } from '@fedward/model-bundle';

/** The bundle's own file: weights that any reader of safetensors opens, and all else in its metadata. */
export function toSafetensors(bundle: ModelBundle): Uint8Array {
  return encodeBundle(bundle);
}
