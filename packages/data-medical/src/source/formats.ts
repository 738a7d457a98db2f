import { FedwardError } from '@fedward/core';
import type { TableSource } from '@fedward/kit-tables';
import { openCsvSource } from '../csv/open.js';
import type { formatNames, SourceSpec } from './spec.js';

/** A format that data come in. */
export interface Format {
  /** Endings of file names, in lower case, with the point. */
  readonly extensions: readonly string[];
  /** True where data of the format may be a folder. */
  readonly folder: boolean;
  /** The schema's section about it. */
  readonly section?: keyof SourceSpec;
  /** True where nothing can be read without that section: then data are of the format only where it is there. */
  readonly mapped?: boolean;
  /** @throws {FedwardError} as its reader says */
  open(path: string, spec: SourceSpec, wanted: readonly string[]): Promise<TableSource>;
}

/**
 * All formats, by name; whichever comes first has an ending. Each reader is loaded when it is needed: most studies need one.
 */
export const formats: Readonly<Record<(typeof formatNames)[number], Format>> = {
  csv: {
    ...{ extensions: ['.csv', '.tsv'], folder: false, section: 'csv' },
    open: (path, { csv = {} }, wanted) => openCsvSource(path, csv, wanted),
  },
  arff: {
    extensions: ['.arff'],
    folder: false,
    open: async (path) => (await import('../arff/open.js')).openArff(path),
  },
  npz: {
    ...{ extensions: ['.npz'], folder: false, section: 'npz' },
    open: async (path, { npz = {} }) => (await import('../npz/open.js')).openNpz(path, npz),
  },
  parquet: {
    ...{ extensions: ['.parquet'], folder: false },
    open: async (path, _spec, wanted) => (await import('../parquet/open.js')).openParquet(path, wanted),
  },
  fhir: {
    ...{ extensions: ['.ndjson', '.json'], folder: true, section: 'fhir', mapped: true },
    open: async (path, { fhir }) => (await import('../fhir/open.js')).openFhir(path, told(fhir, 'fhir')),
  },
  omop: {
    ...{ extensions: [], folder: true, section: 'omop', mapped: true },
    open: async (path, { omop }) => (await import('../omop/open.js')).openOmop(path, told(omop, 'omop')),
  },
  synthea: {
    ...{ extensions: [], folder: true, section: 'synthea', mapped: true },
    open: async (path, { synthea }) =>
      (await import('../synthea/open.js')).openSyntheaCsv(path, told(synthea, 'synthea')),
  },
  images: {
    ...{ extensions: [], folder: true, section: 'images' },
    async open(path, { images }) {
      const { openImageFolder } = await import('../files-in-cells/image-folder.js');
      return openImageFolder(path, images?.patient ? { patient: new RegExp(images.patient, 'u') } : {});
    },
  },
  npy: { extensions: ['.npy'], folder: false, open: async (path) => (await import('../npz/open.js')).openNpy(path) },
};

/** Records of events become a table by a mapping alone. */
function told<T>(mapping: T | undefined, section: string): T {
  if (mapping !== undefined) return mapping;
  throw new FedwardError(
    'CONFIG_INVALID',
    `data of the format ${section} are read by a mapping: write a section "${section}" in the schema`,
    section,
  );
}

/** What in a folder is a hospital's data, by how the study's data are read: files with an ending, or whole folders. */
export function hospitalForms(spec: SourceSpec): { readonly endings: readonly string[]; readonly folders: boolean } {
  const all = Object.values(formats);
  const told = spec.format ? [formats[spec.format]] : all;
  const folders =
    spec.files !== undefined ||
    told.some(
      ({ folder, section }) => folder && (spec.format !== undefined || (section && spec[section] !== undefined)),
    );
  const readable = told.filter(
    ({ mapped, section }) => !mapped || (section !== undefined && spec[section] !== undefined),
  );
  return { endings: readable.flatMap(({ extensions }) => extensions), folders };
}
