import { visible } from '../export/visible.js';

/** What stands for a name that is empty: FHIR knows no empty strings (hl7.org/fhir/R4/datatypes.html#string). */
export const nameless = '(no name)';

/** Longer text is cut: names of sites and runs are others' text. A string of FHIR may have a million characters. */
const longest = 1000;

/** Text as a FHIR string takes it: not empty, and without control characters. */
export function fhirText(text: string): string {
  const shown = visible(text).trim();
  if (shown === '') return nameless;
  return shown.length <= longest ? shown : `${shown.slice(0, longest - 1).toWellFormed()}…`;
}

/** An instant has seconds, which ISO 8601 may leave out (hl7.org/fhir/R4/datatypes.html#instant). */
export function fhirInstant(time: string): string {
  return time.replace(/T(\d\d):(\d\d)(?=Z|[+-]|$)/, 'T$1:$2:00');
}
