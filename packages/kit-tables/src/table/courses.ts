import type { Table } from './table.js';

/**
 * The rows of each patient in the order of their times, those of one time as they come: what an imputer looks at that may
 * carry a patient's last value forward. Patients as they come; where there are no ids each row is a patient of its own,
 * and where there are no times rows are in the order of the source. Records that joined are no rows.
 */
export function coursesOf({
  rowCount,
  patientIds,
  times,
}: Pick<Table, 'rowCount' | 'patientIds' | 'times'>): number[][] {
  const courses = new Map<string | number, number[]>();
  for (let row = 0; row < rowCount; row++) {
    const patient = patientIds ? patientIds[row]! : row;
    const course = courses.get(patient);
    if (course) course.push(row);
    else courses.set(patient, [row]);
  }
  if (times) for (const course of courses.values()) course.sort((a, b) => times[a]! - times[b]!);
  return [...courses.values()];
}
