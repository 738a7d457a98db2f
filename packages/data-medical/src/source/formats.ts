import type { TableSource } from '@fedward/kit-tables';
import { openCsvSource } from '../csv/open.js';
import { openArff } from '../arff/open.js';
import { openNpy, openNpz } from '../npz/open.js';
import type { formatNames, SourceSpec } from './spec.js';

/** A format that data come in. */
export interface Format {
  /** Endings of file names, in lower case, with the point. */
  readonly extensions: readonly string[];
  /** True where data of the format may be a folder. */
  readonly folder: boolean;
  /** The schema's section about it. */
  readonly section?: keyof SourceSpec;
  /** @throws {FedwardError} as its reader says */
  open(path: string, spec: SourceSpec, wanted: readonly string[]): Promise<TableSource>;
}

/** All formats, by name; whichever comes first has an ending. */
export const formats: Readonly<Record<(typeof formatNames)[number], Format>> = {
  csv: {
    ...{ extensions: ['.csv', '.tsv'], folder: false, section: 'csv' },
    open: (path, { csv = {} }, wanted) => openCsvSource(path, csv, wanted),
  },
  arff: { extensions: ['.arff'], folder: false, open: (path) => openArff(path) },
  npz: {
    ...{ extensions: ['.npz'], folder: false, section: 'npz' },
    open: (path, { npz = {} }) => openNpz(path, npz),
  },
  npy: { extensions: ['.npy'], folder: false, open: (path) => openNpy(path) },
};

/** What in a folder is a hospital's data, by how the study's data are read: files with an ending, or whole folders. */
export function hospitalForms(spec: SourceSpec): { readonly endings: readonly string[]; readonly folders: boolean } {
  const all = Object.values(formats);
  const told = spec.format ? [formats[spec.format]] : all;
  const folders =
    spec.files !== undefined ||
    told.some(
      ({ folder, section }) => folder && (spec.format !== undefined || (section && spec[section] !== undefined)),
    );
  return { endings: told.flatMap(({ extensions }) => extensions), folders };
}
