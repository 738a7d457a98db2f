import type { Column } from '@fedward/kit-tables';
import type { Graph, Value } from '@fedward/kit-onnx';

/** A column of the table in the graph, as a `Row` has it. */
export interface Cell {
  readonly column: Column;
  /** [N, cells], float64: a number, days, the position of a level; NaN where there is none. */
  readonly value: Value;
  /** [N, 1], bool: whether the source had no value, also once one was filled in. */
  readonly missing: Value;
}

/** What was read of a column. */
export interface ReadCell extends Cell {
  /** [N, 1], bool: the rows that fedward refuses to read for this column. */
  readonly refused: readonly Value[];
}

/** [N, 1], bool: whether any of [N, columns] is true. */
export function anyOf(graph: Graph, flags: Value): Value {
  const most = graph.node('ReduceSum', [graph.cast(flags, 'float32'), graph.int64([1])], { keepdims: 1 });
  return graph.node('Greater', [most, graph.float32([0.5], [])]);
}

/** NaN where a flag is true. */
export function nanWhere(graph: Graph, flag: Value, value: Value): Value {
  return graph.node('Where', [flag, graph.number(NaN), value]);
}

export function or(graph: Graph, flags: readonly Value[]): Value {
  return flags.reduce((one, other) => graph.node('Or', [one, other]));
}

export function isNaNOf(graph: Graph, value: Value): Value {
  return graph.node('IsNaN', [value]);
}
