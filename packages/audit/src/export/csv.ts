import { auditColumns, auditRows, type AuditRow } from './columns.js';
import type { LoggedEntries } from './entry.js';
import type { AuditFilters } from './filters.js';

/**
 * A log as CSV (RFC 4180: CRLF, a header line, quotes doubled), line by line, to be written as UTF-8. Text that a
 * spreadsheet would run as a formula has an apostrophe before it; numbers are left as they are.
 */
export async function* auditCsv(entries: LoggedEntries, filters?: AuditFilters): AsyncGenerator<string> {
  yield line(auditColumns);
  for await (const row of auditRows(entries, filters)) yield line(auditColumns.map((column) => cell(row[column])));
}

/** One row a line, as JSON with the columns of the CSV; an absent value is null. */
export async function* auditJsonl(entries: LoggedEntries, filters?: AuditFilters): AsyncGenerator<string> {
  for await (const row of auditRows(entries, filters)) yield `${JSON.stringify(row)}\n`;
}

function line(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

/** Beginnings of formulas, also in the full width that spreadsheets read alike (OWASP, CSV injection). */
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/;

/** Control characters, tabs among them, were made visible before: none is left that could begin a formula. */
function cell(value: AuditRow[keyof AuditRow]): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
