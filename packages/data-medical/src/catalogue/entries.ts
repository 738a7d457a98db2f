import type { PublishedFile } from '../files.js';
import { flambySplitFile, heartDiseaseHospitals } from '../heart-disease/files.js';
import { parkinsonsFile } from '../parkinsons/file.js';
import { tcgaBrcaFile, tcgaSitesFile, tcgaSplitFile } from '../tcga-brca/files.js';

/** A data set that fedward knows how to read. */
export interface CatalogueEntry {
  /** Also the name of its folder. */
  readonly name: string;
  readonly title: string;
  /** Where it is published. */
  readonly source: string;
  /** SPDX identifier, or what the publisher states. */
  readonly licence: string;
  readonly files: readonly PublishedFile[];
  /** Files without which it can still be read. */
  readonly optionalFiles: readonly PublishedFile[];
}

export const dataSets: readonly CatalogueEntry[] = [
  {
    name: 'heart-disease',
    title: 'UCI Heart Disease, four hospitals',
    source: 'https://doi.org/10.24432/C52P4X',
    licence: 'CC-BY-4.0',
    files: heartDiseaseHospitals.map(({ file }) => file),
    optionalFiles: [flambySplitFile],
  },
  {
    name: 'parkinsons-telemonitoring',
    title: "Parkinson's telemonitoring, 42 patients at home",
    source: 'https://doi.org/10.24432/C5ZS3N',
    licence: 'CC-BY-4.0',
    files: [parkinsonsFile],
    optionalFiles: [],
  },
  {
    name: 'tcga-brca',
    title: 'TCGA-BRCA, survival with breast cancer in six regions',
    source: 'https://doi.org/10.1016/j.cell.2018.02.052',
    licence: 'open-access TCGA data under the GDC data access policy: no attempt to identify participants',
    files: [tcgaBrcaFile, tcgaSitesFile],
    optionalFiles: [tcgaSplitFile],
  },
];
