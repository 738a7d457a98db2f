import type { ResultWarning } from '../../run/warnings.js';
import { text } from '../html.js';

/** A part of the report that a warning belongs to. */
export type Place = 'result' | 'calibration' | 'hospitals' | 'subgroups' | 'data' | 'rounds';

/** Codes are only ever added: one that is not known here belongs to its hospital, or to the result. */
export function placeOf({ code, hospital }: { readonly code: string; readonly hospital?: string }): Place {
  if (code.includes('CALIBRAT')) return 'calibration';
  if (code.includes('WORSE_THAN_ALONE')) return 'hospitals';
  if (code === 'SUBGROUP_GAP') return 'subgroups';
  if (code === 'ROWS_DROPPED') return 'data';
  if (code === 'ROUNDS_SKIPPED' || code === 'HOSPITALS_MISSING' || code === 'BATCH_NOT_AS_DIVIDED') return 'rounds';
  return hospital === undefined ? 'result' : 'hospitals';
}

/** The warnings of one place; all of them are on the first page too. */
export function warningsAt(warnings: readonly ResultWarning[], place: Place): string {
  return warningBoxes(warnings.filter((warning) => placeOf(warning) === place).map(({ message }) => message));
}

export function warningBoxes(messages: readonly string[]): string {
  return messages.map((message) => `<p class="warning">${text(message)}</p>`).join('\n');
}
