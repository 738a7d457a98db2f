import type { BundleManifest } from '@fedward/model-bundle';
import { jsonFile, type ExportedFile } from '../exported-file.js';

/** What lies beside a model whose file holds the network alone. */
export function besideNetwork({
  title,
  features,
  preprocessing,
  label,
  threshold,
  intendedUse,
}: BundleManifest): ExportedFile {
  return jsonFile('preprocessing.json', {
    schemaVersion: 1,
    note:
      'This is not inside the model: whoever uses it has to read, fill in, encode, scale and choose features as written here ' +
      'before the model sees a record. An ONNX export has it inside.',
    title,
    intendedUse,
    features,
    label,
    threshold,
    preprocessing,
  });
}
