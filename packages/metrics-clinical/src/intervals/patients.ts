import { assertThat } from '@fedward/core';

/** Whose the records are. The patient, not the record, is what is drawn at random: errors are those of patients. */
export interface Patients {
  readonly count: number;
  /** [records]: number of the patient, from 0 on in the order of appearance. */
  readonly of: Uint32Array;
  /** True where some patient has more than one record. */
  readonly clustered: boolean;
}

/**
 * @param ids [records], or absent where each record is a patient of its own
 * @throws {FedwardError} ARGUMENT_INVALID where there is not one id a record
 */
export function patientsOf(ids: readonly string[] | undefined, records: number): Patients {
  const of = new Uint32Array(records);
  if (!ids) {
    for (let i = 0; i < records; i++) of[i] = i;
    return { count: records, of, clustered: false };
  }
  assertThat(ids.length === records, 'patientIds', `there are ${ids.length} patient ids for ${records} records`);
  const numbers = new Map<string, number>();
  ids.forEach((id, i) => {
    let number = numbers.get(id);
    if (number === undefined) numbers.set(id, (number = numbers.size));
    of[i] = number;
  });
  return { count: numbers.size, of, clustered: numbers.size < records };
}
