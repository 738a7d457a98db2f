import Table from 'cli-table3';
import { visible } from '@fedward/sim-healthcare/visible';
import { printLines } from './output.js';

/** One line, or several of the program's own making. */
export type Cell = string | readonly string[];

/** A table for people on stdout. A cell's text is made visible before its width is measured. */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) table.push(row.map(written));
  printLines(table.toString());
}

function written(cell: Cell): string {
  return typeof cell === 'string' ? visible(cell) : cell.map(visible).join('\n');
}
