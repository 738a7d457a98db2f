import { sidesOf, type MedicalDataset } from '@fedward/data-medical';
import { EncodedTable, someRows, type Table } from '@fedward/kit-tables';
import { placesIn, type Fold, type FoldHospital } from '../../validate/fold.js';
import type { LoadOptions } from '../scenario.js';
import { splitKeyOf } from '../split-key.js';
import { readHospitals, ruleOf, type InFold, type Study } from './hospitals.js';
import { withScreening } from './load.js';

/**
 * The hospitals of a study as a fold parts their records, read anew: whatever is fitted (scales, missing values, which
 * features are kept) is fitted on the fold's own training records. A hospital that trains on none fits what each site fits
 * for itself on its own records, without their labels; what hospitals fit together it takes over.
 */
export async function studyFold(study: Study, options: LoadOptions, fold: Fold): Promise<FoldHospital[]> {
  const key = splitKeyOf(options, '');
  const rule = ruleOf(study, options);
  const inFold: InFold = (hospital) => {
    const { id, records } = hospital;
    const testing = () => sidesOf(records, rule(id));
    const places = placesIn(fold, { id, records: new EncodedTable(records), testing, key });
    const kept = places.filter((place) => place !== 'out');
    if (kept.length === 0) return undefined;
    const some: Table = kept.length === places.length ? records : someRows(records, (row) => places[row] !== 'out');
    return { ...hospital, records: some, split: kept.map((place) => place === 'test') };
  };
  const { hospitals } = withScreening(await readHospitals(study, options, inFold), study, options.priced);
  return hospitals.map(({ id, train, test }) => ({ id, ...some('train', train), ...some('test', test) }));
}

function some(part: 'train' | 'test', data: MedicalDataset): Partial<FoldHospital> {
  return data.count > 0 ? { [part]: data } : {};
}
