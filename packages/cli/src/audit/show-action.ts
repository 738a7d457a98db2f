import { auditRows, showAuditLog, tableLines, type AuditFilters, type LoggedEntry } from '@fedward/audit';
import { visibleJson } from '@fedward/sim-healthcare/visible';
import { note, printLine } from '../terminal/output.js';
import { filtersOf, type FilterFlags } from './filter-options.js';
import { readAllLogs } from './all-logs.js';
import { findLog, type FoundLog } from './find-log.js';
import { writeOut } from './write-out.js';

/** `fedward audit show` as commander has parsed it. */
export interface ShowFlags extends FilterFlags {
  readonly limit?: number;
  readonly json?: boolean;
}

/** Who, what, when and how much: a table, or one JSON document with the columns of an export. */
export async function showAction(dir: string, { limit = Infinity, json, ...flags }: ShowFlags): Promise<void> {
  const found = await findLog(dir);
  const directory = found.run ?? found.log;
  const filters = filtersOf(flags);
  if (json) return writeOut(document(found, filters, limit));
  const seen = new Set<string>();
  const first = new First(showAuditLog(noting(readAllLogs(found), seen), filters), limit);
  await writeOut(ended(tableLines(first.entries())));
  if (first.given === 0) {
    const types = seen.size === 0 ? 'The log is empty.' : `Types of events in it: ${[...seen].sort().join(', ')}.`;
    printLine(`No entry of ${directory} is of that kind. ${types}`);
  } else if (first.more) printLine(`There are more: --limit ${limit} shows the first of them alone.`);
  note('Shown as it is on the disk: fedward audit verify says whether it is as it was written.');
}

async function* document(found: FoundLog, filters: AuditFilters, limit: number): AsyncGenerator<string> {
  const first = new First(auditRows(readAllLogs(found), filters), limit);
  yield `{\n  "directory": ${visibleJson(JSON.stringify(found.run ?? found.log))},\n  "entries": [`;
  for await (const row of first.entries())
    yield `${first.given === 1 ? '' : ','}\n    ${visibleJson(JSON.stringify(row))}`;
  yield `${first.given === 0 ? '' : '\n  '}],\n  "more": ${String(first.more)}\n}\n`;
}

/** The first so many of a stream, and whether others follow. */
class First<T> {
  given = 0;
  more = false;

  constructor(
    private readonly all: AsyncIterable<T>,
    private readonly limit: number,
  ) {}

  async *entries(): AsyncGenerator<T> {
    for await (const each of this.all) {
      this.more = this.given === this.limit;
      if (this.more) return;
      this.given += 1;
      yield each;
    }
  }
}

async function* noting(entries: AsyncIterable<LoggedEntry>, types: Set<string>): AsyncGenerator<LoggedEntry> {
  for await (const entry of entries) {
    types.add(entry.event.type);
    yield entry;
  }
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
