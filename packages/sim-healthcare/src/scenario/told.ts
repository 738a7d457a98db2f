import type { MedicalDataset, SourceSpec, TableSchema } from '@fedward/data-medical';
import type { Hospital, Population } from './scenario.js';

/** What a population says of its label, of how its files are read, and of the groups of its pooled test part. */
export function told(
  { label }: Pick<TableSchema, 'label'>,
  { groups }: Pick<MedicalDataset, 'groups'>,
  source?: SourceSpec,
): Pick<Population, 'labelName' | 'classNames' | 'source' | 'testGroups'> {
  const unit = 'unit' in label ? label.unit : undefined;
  return {
    labelName: { name: label.name, ...(unit !== undefined && { unit }) },
    ...(label.kind === 'class' && { classNames: label.classes.map(({ name }) => name) }),
    ...(source && { source }),
    ...(groups && { testGroups: groups }),
  };
}

/** The hospitals with the groups of their own test parts. */
export function withGroups<H extends Hospital>(hospitals: readonly H[]): H[] {
  return hospitals.map((hospital) => {
    const { groups } = hospital.test as Partial<MedicalDataset>;
    return groups ? { ...hospital, testGroups: groups } : hospital;
  });
}
