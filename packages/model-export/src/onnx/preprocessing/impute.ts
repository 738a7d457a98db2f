import { parseImputationModel, type ImputationModel } from '@fedward/data-medical';
import { valueKey, type Column } from '@fedward/kit-tables';
import type { Graph, Value } from '@fedward/kit-onnx';
import { isNaNOf, type Cell } from './cell.js';
import { addChain } from './chain.js';

/** The constants that a schema declares; a cell that is left for another method, or for none, stays empty. */
export function fillDeclared(graph: Graph, cell: Cell): Cell {
  const fill = fillOf(cell.column);
  return fill === undefined ? cell : { ...cell, value: filled(graph, cell.value, graph.number(fill)) };
}

/** What was learned: of each column its mean, median or mode, or what a chain of ridge regressions says of it. */
export function imputeLearned(graph: Graph, cells: readonly Cell[], written: ImputationModel): Cell[] {
  const { columns, constants, ridge } = parseImputationModel(written);
  const values = cells.map(({ value }) => value);
  const chained = ridge && columns.some(({ method }) => method === 'ridge');
  const told = chained ? addChain(graph, columns, values, ridge) : undefined;
  return cells.map((cell, i) => {
    const constant = constants[i]!;
    const stands = columns[i]!.method === 'ridge' ? told?.(i) : constant !== null ? graph.number(constant) : undefined;
    return stands === undefined ? cell : { ...cell, value: filled(graph, cell.value, stands) };
  });
}

function filled(graph: Graph, value: Value, by: Value): Value {
  return graph.node('Where', [isNaNOf(graph, value), by, value]);
}

/** The declared constant: a number, or the position of a level. */
function fillOf(column: Column): number | undefined {
  if (typeof column.missing === 'string' || !('fill' in column.missing)) return undefined;
  const { fill } = column.missing;
  if (column.kind !== 'binary' && column.kind !== 'categorical') return Number(fill);
  const key = valueKey(String(fill).trim());
  return column.levels.findIndex((level) => valueKey(String(level).trim()) === key);
}
