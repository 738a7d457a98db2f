import { parseWith } from '@fedward/core';
import { recordColumn } from '../records/columns.js';
import { filesIn } from '../records/folder.js';
import { momentOf } from '../records/moment.js';
import type { Index } from '../records/rows.js';
import { recordSource, type RecordSource } from '../records/source.js';
import { FhirCollector } from './collect.js';
import { fhirMappingSchema, type FhirMapping, type FhirMappingInput } from './mapping.js';
import { resourcesOf } from './resources.js';

/**
 * Opens patients' records in FHIR R4 as a table of one row a patient, or one an index event. Files are bundles
 * (`collection`, `searchset`, `transaction`, `batch`, `document`), single resources, or NDJSON as a bulk export writes it,
 * which is read line by line. A patient may be told of in several of them. Only what columns need is kept.
 *
 * Left out and counted: what is `entered-in-error`, `cancelled`, `not-done` or refuted; what has no date where the
 * window needs one; what points to no patient; patients without an index event (see `counts`).
 *
 * @param from files (`.json`, `.ndjson`, `.jsonl`), or a folder of them, which is not descended into
 * @param mapping see `fhirMappingSchema`
 * @throws {FedwardError} CONFIG_INVALID for a mapping that is none; FILE_NOT_FOUND; DATA_EMPTY for a folder without such
 *   files. Later: FILE_INVALID, DATA_MALFORMED, DATA_NOT_FINITE, with file and line or entry. No message holds what a record
 *   says
 */
export async function openFhir(from: string | readonly string[], mapping: FhirMappingInput): Promise<RecordSource> {
  const checked: FhirMapping = parseWith(fhirMappingSchema, mapping, 'the mapping of FHIR');
  const { index, columns } = checked;
  const plans = Object.entries(columns).map(([name, column]) => recordColumn(name, column, index !== undefined));
  const files = await filesIn(from, /\.(json|ndjson|jsonl)$/i, '.json or .ndjson');
  return recordSource(plans, indexOf(index), files, async (patients, tally) => {
    const collector = new FhirCollector(checked, plans, patients, tally);
    for (const file of files) for await (const found of resourcesOf(file, tally)) collector.take(found);
  });
}

function indexOf(index: FhirMapping['index']): Index {
  if (index === undefined) return { kind: 'none' };
  if ('resource' in index) return { kind: 'events', pick: index.pick };
  return { kind: 'fixed', moment: momentOf(index.date)! };
}
