import type { DatasetSheet } from '@fedward/data-medical';
import type { HospitalResult } from '../run/result.js';
import { counted } from './counted.js';
import { rowsText } from './rows-text.js';

/** Columns whose missing values are named; of tables with more the others are counted. */
const mostColumns = 8;
/** The same of files; all are in the result. */
const mostFilesNamed = 4;

/** What a hospital's data are, in one line: rows, what is missing, files. Undefined where nothing is known. */
export function dataText({ rows, sheet }: Pick<HospitalResult, 'rows' | 'sheet'>): string | undefined {
  if (!rows) return undefined;
  const missing = sheet && missingText(sheet);
  return [
    rowsText(rows),
    ...(missing ? [`without a value: ${missing}`] : []),
    ...(sheet ? [filesText(sheet)] : []),
  ].join('; ');
}

/** Such as `chol 202, ca 611`; '' where each row has all. */
export function missingText({ missing }: Pick<DatasetSheet, 'missing'>): string {
  const sorted = [...missing].sort((a, b) => b.rows - a.rows);
  const more = sorted.length - mostColumns;
  const named = sorted.slice(0, mostColumns).map(({ column, rows }) => `${column} ${rows}`);
  return [...named, ...(more > 0 ? [`and ${counted(more, 'further column')}`] : [])].join(', ');
}

/** Such as `north.csv sha256:1f0c...`. */
export function filesText({ files }: Pick<DatasetSheet, 'files'>): string {
  const more = files.length - mostFilesNamed;
  const named = files.slice(0, mostFilesNamed).map(({ name, sha256 }) => `${name} sha256:${sha256.slice(0, 12)}`);
  return [...named, ...(more > 0 ? [`and ${counted(more, 'further file')}`] : [])].join(', ');
}

/** What is said of all hospitals' data alike: title, origin, licence, units, each once. */
export function aboutData(hospitals: readonly Pick<HospitalResult, 'sheet'>[]): string[] {
  const sheets = hospitals.flatMap(({ sheet }) => sheet ?? []);
  const once = (said: readonly (string | undefined)[]): string[] => [
    ...new Set(said.filter((some) => some !== undefined)),
  ];
  const units = once(
    sheets.map((sheet) => {
      const all = Object.entries(sheet.units).map(([column, unit]) => `${column} (${unit})`);
      return all.length > 0 ? all.join(', ') : undefined;
    }),
  );
  return [
    ...once(sheets.map(({ title }) => title)).map((title) => `Data: ${title}`),
    ...once(sheets.map(({ origin }) => origin)).map((origin) => `Origin: ${origin}`),
    ...once(sheets.map(({ licence }) => licence)).map((licence) => `Licence: ${licence}`),
    ...units.map((unit) => `Units: ${unit}`),
    ...once(sheets.flatMap(({ remarks }) => remarks)),
  ];
}
