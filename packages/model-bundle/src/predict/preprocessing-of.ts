import { FedwardError } from '@fedward/core';
import type { Preprocessing } from '@fedward/data-medical';
import type { BundleManifest } from '../manifest.js';
import { plainPreprocessing } from './plain.js';

/** Whose records a file has. */
export interface FileOwner {
  /** A hospital that took part. */
  readonly hospital?: string | undefined;
  /** The file of one that took no part: it fits its own preprocessing from all of its rows. */
  readonly asNewHospital?: string | undefined;
}

/**
 * What is done to the records of a file before the model sees them.
 *
 * @throws {FedwardError} CONFIG_INVALID for a hospital that is not one of the model's; CONFIG_INCOMPATIBLE where each fitted
 *   its own, and nothing says whose records these are
 */
export async function preprocessingOf(manifest: BundleManifest, owner: FileOwner = {}): Promise<Preprocessing> {
  const { preprocessing } = manifest;
  const { hospital, asNewHospital } = owner;
  if (!preprocessing) return plainPreprocessing(manifest);
  const names = Object.keys(preprocessing.hospitals);
  if (preprocessing.all) return preprocessing.all;
  if (hospital !== undefined) {
    const own = Object.hasOwn(preprocessing.hospitals, hospital) ? preprocessing.hospitals[hospital] : undefined;
    if (own) return own;
    throw new FedwardError(
      'CONFIG_INVALID',
      `--hospital: the model knows no hospital ${hospital}; it knows ${names.join(', ')}`,
      '--hospital',
    );
  }
  if (asNewHospital !== undefined) {
    const { fitToFile } = await import('./fit-to-file.js');
    return fitToFile(asNewHospital, manifest, preprocessing.hospitals[names[0]!]!);
  }
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    'each hospital of this model scaled its records, or filled in what was missing, by its own numbers, and nothing says whose ' +
      `these are. Say --hospital NAME (${names.join(', ')}); or --as-new-hospital, which fits the numbers from the rows of ` +
      `this file; or train again with ${sharedBy(preprocessing.hospitals[names[0]!]!)}`,
    'preprocessing',
  );
}

/** What would make the preprocessing the same at all hospitals. */
function sharedBy({ schema }: Preprocessing): string {
  const imputed = schema.columns.some(({ missing }) => typeof missing === 'object' && 'impute' in missing);
  const filled = imputed ? ', and with "imputation": { "fitted": "federation" }' : '';
  return `scales that are declared, or with "standardization": "federation"${filled}, in the schema`;
}
