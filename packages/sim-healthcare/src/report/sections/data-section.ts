import type { SimulationResult } from '../../run/result.js';
import { paragraphs, table } from '../html.js';
import { aboutData, filesText, missingText } from '../sheet-text.js';
import { warningBoxes, warningsAt } from './warnings.js';

/** What the data are: origin, units, files by digest, values that are missing; '' where nothing is known. */
export function dataSection({ hospitals, notices = [], warnings }: SimulationResult): string {
  const known = hospitals.flatMap(({ id, rows, sheet }) => (rows ? [{ id, rows, sheet }] : []));
  const noticed = [warningBoxes(notices), warningsAt(warnings, 'data')].filter((some) => some !== '').join('\n');
  if (known.length === 0) return noticed;
  return `${noticed}
${paragraphs(aboutData(hospitals))}
${table({
  caption: 'Data by hospital',
  head: ['Hospital', 'Rows read', 'Used', 'Left out', 'Rows without a value', 'Files'],
  rows: known.map(({ id, rows, sheet }) => [
    id,
    String(rows.read),
    String(rows.used),
    rows.dropped.map(({ reason, rows: n }) => `${n} with ${reason}`).join(', '),
    sheet ? missingText(sheet) : '',
    sheet ? filesText(sheet) : '',
  ]),
})}`;
}
