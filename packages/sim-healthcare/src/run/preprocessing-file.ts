import { canonicalJson, type Json } from '@fedward/core';
import type { Preprocessing } from '@fedward/data-medical';
import type { Population } from '../scenario/scenario.js';

/** `preprocessing.json`: what is done to a record before the model sees it, where it is the same everywhere and where not. */
export interface PreprocessingFile {
  readonly schemaVersion: 1;
  /** The same at all hospitals; what a hospital that took no part uses. Null where each fitted its own. */
  readonly all: Preprocessing | null;
  /** Where each fitted its own, by hospital: a new one has to fit its own too. */
  readonly hospitals: Readonly<Record<string, Preprocessing>>;
}

/** The file's content; undefined for a population that says nothing of it. */
export function preprocessingFile(population: Population): string | undefined {
  const file = preprocessingOf(population);
  return file && JSON.stringify(file, null, 2) + '\n';
}

/** What is done to a record before the model sees it; undefined for a population that says nothing of it. */
export function preprocessingOf(population: Population): PreprocessingFile | undefined {
  if (!population.tabulated) return undefined;
  const each = population.ids.map((id) => [id, population.hospital(id).preprocessing] as const);
  const known = each.filter((entry): entry is readonly [string, Preprocessing] => entry[1] !== undefined);
  if (known.length < each.length) return undefined;
  const [first] = known;
  const same = new Set(known.map(([, own]) => canonicalJson(own as unknown as Json))).size === 1;
  return {
    schemaVersion: 1,
    all: same ? first![1] : null,
    hospitals: same ? {} : Object.fromEntries(known),
  };
}
