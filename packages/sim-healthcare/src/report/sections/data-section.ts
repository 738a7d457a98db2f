import type { SimulationResult } from '../../run/result.js';
import { paragraphs, table } from '../html.js';
import { aboutData, filesText, missingText } from '../sheet-text.js';
import { warningBoxes, warningsAt } from './warnings.js';

/**
 * What the data are: origin, units, files by digest, values that are missing; '' where nothing is known. What became of
 * rows is told with the patients.
 */
export function dataSection({ hospitals, notices = [], warnings }: SimulationResult): string {
  const noticed = [warningBoxes(notices), warningsAt(warnings, 'data')].filter((some) => some !== '').join('\n');
  const known = hospitals.flatMap(({ id, sheet }) => (sheet ? [{ id, sheet }] : []));
  if (known.length === 0) return noticed;
  return `${noticed}
${paragraphs(aboutData(hospitals))}
${table({
  caption: 'Data by hospital',
  head: ['Hospital', 'Rows without a value, by column', 'Files'],
  rows: known.map(({ id, sheet }) => [id, missingText(sheet) || 'none', filesText(sheet)]),
})}`;
}
