import { contentOf, type MedicalDataset } from '@fedward/data-medical';
import { placesIn, type Fold, type FoldHospital, type Place } from '../validate/fold.js';

/** A hospital whose records were prepared each by itself, so that they can be parted in another way as they are. */
export interface Regroupable {
  readonly id: string;
  readonly train: MedicalDataset;
  /** Left out where no patient of the hospital is in it. */
  readonly test?: MedicalDataset;
}

/** The records of hospitals as a fold parts them. @param key see `Parted` */
export function regrouped(hospitals: readonly Regroupable[], fold: Fold, key: Uint8Array): FoldHospital[] {
  return hospitals.map(({ id, train, test }) => {
    const all = test ? train.concat(test) : train;
    const { name, count, patientIds } = all;
    const records = { name, count, patientIds, content: contentOf(all) };
    const testing = () => Array.from({ length: count }, (_, row) => row >= train.count);
    const places = placesIn(fold, { id, records, testing, key });
    const part = (place: Place): MedicalDataset | undefined => {
      const rows = places.flatMap((own, row) => (own === place ? [row] : []));
      return rows.length > 0 ? all.subset(rows, `${id}, ${place}`) : undefined;
    };
    const [own, tested] = [part('train'), part('test')];
    return { id, ...(own && { train: own }), ...(tested && { test: tested }) };
  });
}
