import { basename } from 'node:path';
import { assertThat, FedwardError } from '@fedward/core';
import { canonicalText, isBlank, isTotal, missingTokens, valueKey, type DecimalMark } from '@fedward/kit-tables';
import { csvOptionsSchema } from '../csv/options.js';
import { openSource } from '../source/open.js';
import { digestFiles } from '../source/sheet.js';
import type { InspectOptions } from './options.js';
import type { InspectedFile } from './remarks.js';
import { RowSample } from './sample.js';
import { Tally } from './tally.js';

/** What a column is called that tells who somebody is. */
export const idName =
  /^((patient|subject|person|pid|id|mrn)([ _-]?(id|no|nr|num|number|nummer))?|(case|record|pat)[ _-]?(id|no|nr|number))[#.]?$/i;

/** What tells patients apart. */
export interface Ids {
  readonly position: number;
  /** Each id by its key, as it is spelled first. */
  readonly spelled: Map<string, { readonly id: string; readonly line: number }>;
  /** Lines of the first id that is a number in two spellings. */
  twoSpellings?: readonly [number, number];
}

/** One file, once all of it was read. */
export interface TalliedFile extends InspectedFile {
  readonly file: string;
  readonly rows: number;
}

/** All files into one tally a column; patients of two files are two patients. */
export async function tallyFiles(paths: readonly string[], options: InspectOptions, decimal: DecimalMark) {
  const { columns, patientId, minimumPatients, csv, ...spec } = options;
  const settings = { ...csvOptionsSchema.parse({}), ...csv, decimal };
  const missing = missingTokens(settings.missing, decimal);
  const tallies: Tally[] = [];
  const names: string[] = [];
  const files: TalliedFile[] = [];
  let ids: Ids | undefined;
  let blankRows = 0;
  let totals: number | undefined;
  let delimiter: string | undefined;
  for (const [n, path] of paths.entries()) {
    const source = await openSource(path, { ...spec, csv: settings }, columns);
    delimiter ??= source.delimiter;
    if (n === 0) {
      names.push(...source.names);
      tallies.push(...names.map((name) => new Tally(name, { missing, decimal, minimumPatients })));
      const position =
        patientId === undefined ? names.findIndex((name) => idName.test(name)) : names.indexOf(patientId);
      if (position >= 0) ids = { position, spelled: new Map() };
    }
    const at = names.map((name) => source.names.indexOf(name));
    const sample = new RowSample(names, { missing, decimal });
    const own = new Set<string>();
    let rows = 0;
    try {
      assertThat(patientId === undefined || ids !== undefined, 'patientId', `there is no column "${patientId}"`);
      const absent = names.filter((_, i) => at[i]! < 0);
      if (absent.length > 0)
        throw new FedwardError(
          'DATA_MALFORMED',
          `${path}: no column is named "${absent[0]}", as in ${paths[0]}`,
          absent[0],
        );
      for await (const batch of source.rows)
        for (const record of batch) {
          if (isBlank(record) && !record.arrays) {
            blankRows++;
            continue;
          }
          const { line, arrays } = record;
          const fields = n === 0 ? record.fields : at.map((i) => record.fields[i]!);
          const heading = ids ? fields[ids.position]! : (fields.find((field) => field !== '') ?? '');
          if (isTotal(heading)) {
            totals ??= line;
            continue;
          }
          const id = ids && fields[ids.position]!;
          const key = id && !missing.has(id) ? countId(ids!, canonicalText(id), line, decimal, n) : undefined;
          if (key !== undefined) own.add(key);
          const patient = `${n} ${key ?? line}`;
          for (let i = 0; i < fields.length; i++) {
            const array = arrays?.[names[i]!];
            if (array) tallies[i]!.addArray(array);
            else tallies[i]!.add({ cell: fields[i]!, line, patient });
          }
          sample.add(fields);
          rows++;
        }
    } finally {
      await source.close();
    }
    const [digested] = await digestFiles(source.files);
    files.push({
      ...{ file: path, name: basename(path), rows, sample },
      digest: digested?.sha256 ?? '',
      patients: ids ? own : undefined,
    });
  }
  return { tallies, names, files, blankRows, ids, csv: { ...settings, delimiter }, totals };
}

function countId(ids: Ids, id: string, line: number, decimal: DecimalMark, file: number): string {
  const key = valueKey(id, decimal);
  const own = `${file} ${key}`;
  const earlier = ids.spelled.get(own);
  if (!earlier) ids.spelled.set(own, { id, line });
  else if (earlier.id !== id) ids.twoSpellings ??= [earlier.line, line];
  return key;
}
