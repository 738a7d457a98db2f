/** A table of the OMOP Common Data Model 5.3 or 5.4 that has events: the stem of its concept, and of its date. */
interface OmopTable {
  readonly concept: string;
  /** In the order of preference. */
  readonly dates: readonly string[];
  /** Where a number of its own is, if it has one. */
  readonly value?: string;
}

const dates = (stem: string): string[] => [`${stem}_DATETIME`, `${stem}_DATE`];

export const omopTables = {
  CONDITION_OCCURRENCE: { concept: 'CONDITION', dates: dates('CONDITION_START') },
  DRUG_EXPOSURE: { concept: 'DRUG', dates: dates('DRUG_EXPOSURE_START') },
  PROCEDURE_OCCURRENCE: { concept: 'PROCEDURE', dates: dates('PROCEDURE') },
  DEVICE_EXPOSURE: { concept: 'DEVICE', dates: dates('DEVICE_EXPOSURE_START') },
  MEASUREMENT: { concept: 'MEASUREMENT', dates: dates('MEASUREMENT'), value: 'VALUE_AS_NUMBER' },
  OBSERVATION: { concept: 'OBSERVATION', dates: dates('OBSERVATION'), value: 'VALUE_AS_NUMBER' },
  VISIT_OCCURRENCE: { concept: 'VISIT', dates: dates('VISIT_START') },
  CONDITION_ERA: { concept: 'CONDITION', dates: dates('CONDITION_ERA_START') },
  DRUG_ERA: { concept: 'DRUG', dates: dates('DRUG_ERA_START') },
  SPECIMEN: { concept: 'SPECIMEN', dates: dates('SPECIMEN') },
  DEATH: { concept: 'CAUSE', dates: dates('DEATH') },
  OBSERVATION_PERIOD: { concept: 'PERIOD_TYPE', dates: dates('OBSERVATION_PERIOD_START') },
} as const satisfies Readonly<Record<string, OmopTable>>;

export type OmopTableName = keyof typeof omopTables;

export function omopTable(name: OmopTableName): OmopTable {
  return omopTables[name];
}
