import { featuresOf, isArray, type Feature } from '@fedward/kit-tables';
import type { Preprocessing } from '@fedward/data-medical';

/** The model's inputs, in order: of all features of the schema those that a screening kept. */
export function keptFeatures({ schema, features }: Pick<Preprocessing, 'schema' | 'features'>): readonly Feature[] {
  const all = featuresOf(schema.columns);
  return features === null ? all : features.map((position) => all[position]!);
}

/** Their names; none where a record is an array. */
export function featureNamesOf(preprocessing: Pick<Preprocessing, 'schema' | 'features'>): readonly string[] {
  if (preprocessing.features === null && preprocessing.schema.columns.some(isArray)) return [];
  return keptFeatures(preprocessing).map(({ name }) => name);
}
