import { blankRow, droppedOf, type DroppedRows, type RowCounts } from '@fedward/kit-tables';
import { optedOut } from '../scenario/opted-out.js';

/** Share of a hospital's rows from which on it is said loudly that they were left out. */
const many = 0.1;

/** The rows of one hospital in words, such as `4 of 40 rows used; left out: 36 with no value in bp`. */
export function rowsText({ read, used, dropped }: RowCounts): string {
  const reasons = dropped.map(droppedText);
  return `${used} of ${read} ${read === 1 ? 'row' : 'rows'} used${reasons.length > 0 ? `; left out: ${reasons.join(', ')}` : ''}`;
}

/** Rows that were left out for one reason, such as `36 with no value in bp`. */
export function droppedText({ reason, rows }: DroppedRows): string {
  return reason === optedOut ? `${rows} ${reason}` : `${rows} with ${reason}`;
}

/**
 * True where more than a tenth of the rows were left out: what is learned is then of others than the table holds. Rows
 * that hold nothing are nobody's.
 */
export function droppedMany(rows: RowCounts): boolean {
  const blank = rows.dropped.find(({ reason }) => reason === blankRow)?.rows ?? 0;
  return droppedOf(rows) - blank > many * (rows.read - blank);
}
