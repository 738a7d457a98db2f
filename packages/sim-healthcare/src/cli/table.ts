import Table from 'cli-table3';
import { printLine } from './output.js';

/** A table for people on stdout. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  printLine(table.toString());
}
