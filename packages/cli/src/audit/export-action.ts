import { auditCsv, auditFhir, auditJsonl, type AuditFilters, type LoggedEntry } from '@fedward/audit';
import { FedwardError } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import { rowProgress } from '../model/row-progress.js';
import { printLine } from '../terminal/output.js';
import { assertOutside } from './assert-outside.js';
import { filtersOf, type FilterFlags } from './filter-options.js';
import { readAllLogs } from './all-logs.js';
import { findLog } from './find-log.js';
import { blocks, writeOut } from './write-out.js';

/** `fedward audit export` as commander has parsed it. */
export interface ExportFlags extends FilterFlags {
  readonly format: 'fhir' | 'csv' | 'jsonl';
  readonly bundle?: boolean;
  readonly out?: string;
}

/** Writes a log for another system, to a file or on stdout. */
export async function exportAction(dir: string, { format, bundle, out, ...flags }: ExportFlags): Promise<void> {
  if (bundle && format !== 'fhir')
    throw new FedwardError('CONFIG_INVALID', `--bundle: ${format} has no Bundles, fhir has`, '--bundle');
  const found = await findLog(dir);
  const filters = filtersOf(flags);
  if (out === undefined) return writeOut(exported(readAllLogs(found), format, filters, bundle));
  assertOutside(found.log, out);
  const read = { entries: 0 };
  await writeFileAtomic(out, blocks(exported(counting(readAllLogs(found), read), format, filters, bundle)));
  printLine(`${read.entries} entries of the log were read. What was asked for of them is in ${out}.`);
}

function exported(
  entries: AsyncIterable<LoggedEntry>,
  format: ExportFlags['format'],
  filters: AuditFilters,
  bundle = false,
): AsyncIterable<string> {
  if (format === 'fhir') return auditFhir(entries, { filters, bundle });
  return format === 'csv' ? auditCsv(entries, filters) : auditJsonl(entries, filters);
}

async function* counting(entries: AsyncIterable<LoggedEntry>, read: { entries: number }): AsyncGenerator<LoggedEntry> {
  const progress = rowProgress('entries');
  for await (const entry of entries) {
    progress(++read.entries);
    yield entry;
  }
}
