import { parseNumber } from '@fedward/kit-tables';

/**
 * One cell of CSV (RFC 4180) that holds others' text: what a spreadsheet would take for a formula begins with an apostrophe,
 * numbers aside.
 */
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && parseNumber(text) === undefined ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
