import { FedwardError } from '@fedward/core';
import { type Preprocessing } from '@fedward/data-medical';
import { tableSchema, valueKey, type TableSchemaInput } from '@fedward/kit-tables';
import type { BundleManifest } from '../manifest.js';
import { classesOf } from './answers.js';

/**
 * How records are read of which nothing says what is done to them: each feature a column of numbers, taken as it is, by its
 * name; where features have no names, `feature 1` and so on. The label is a class by its name or its number, or a number.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where a record is an array
 */
export function plainPreprocessing(manifest: BundleManifest): Preprocessing {
  const { model, features, label, task } = manifest;
  const [width, ...others] = model.inputShape;
  if (others.length > 0)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `a record of this model is an array of shape [${model.inputShape.join(', ')}], and nothing says how one is read from a file`,
      'preprocessing',
    );
  const names = features.length > 0 ? features : Array.from({ length: width! }, (_, i) => `feature ${i + 1}`);
  const written: TableSchemaInput = {
    columns: names.map((name) => ({ name, kind: 'numeric', missing: 'error' })),
    label: {
      name: label.name,
      missing: 'error',
      ...(task === 'binary' || task === 'classes'
        ? { kind: 'class', classes: readings(classesOf(manifest)) }
        : { kind: 'value' }),
    },
  };
  return {
    schemaVersion: 1,
    fittedOn: 'nothing',
    schema: tableSchema.parse(written),
    scalings: names.map(() => null),
    imputation: null,
    features: null,
  };
}

/** By name, and by number where no name looks like one. */
function readings(names: readonly string[]) {
  const taken = new Set(names.map((name) => valueKey(name)));
  const free = names.every((_, i) => !taken.has(valueKey(String(i))));
  return names.map((name, i) => ({ name, values: free ? [name, i] : [name] }));
}
