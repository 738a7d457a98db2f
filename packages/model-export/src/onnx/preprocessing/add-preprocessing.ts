import { FedwardError } from '@fedward/core';
import { declaresImputation, type Preprocessing } from '@fedward/data-medical';
import { isArray, type Column } from '@fedward/kit-tables';
import type { Graph, Value } from '@fedward/kit-onnx';
import { anyOf, isNaNOf, or, type Cell, type ReadCell } from './cell.js';
import { fillDeclared, imputeLearned } from './impute.js';
import { oneHot } from './one-hot.js';
import { readLevels } from './read-levels.js';
import { readDays, readNumbers } from './read-numbers.js';
import { tokensOf, type Writing } from './tokens.js';

/** What the model sees. */
export interface Prepared {
  /** [N, ...inputShape], float32; 0 throughout a row that has no prediction. */
  readonly features: Value;
  /** [N, 1], bool: rows that have no prediction. */
  readonly refused: Value;
}

/**
 * From raw columns to what the model sees, in the order and in the precision (float64, then rounded to float32) in which
 * fedward does it: read, fill in, take logarithms, encode, scale, keep what a screening kept.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where what missing values are filled in by was not kept with the model
 */
export function addPreprocessing(
  graph: Graph,
  { schema, scalings, imputation, features: kept }: Preprocessing,
  inputShape: readonly number[],
  writing?: Writing,
): Prepared {
  if (declaresImputation({ schema }) && !imputation)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      'missing values are filled in by the records of patients nearby (knn), which are not kept with the model and can be in no graph',
      'imputation',
    );
  const read = schema.columns.map((column) => readColumn(graph, column, writing));
  const declared = read.map((cell) => fillDeclared(graph, cell));
  const cells = imputation ? imputeLearned(graph, declared, imputation) : declared;
  const all = joined(
    graph,
    cells.flatMap((cell) => encoded(graph, cell)),
  );
  const scaled = graph.cast(addScaling(graph, all, scalings), 'float32');
  const notFinite = graph.node('Or', [graph.node('IsInf', [scaled]), isNaNOf(graph, all)]);
  const refused = or(graph, [...read.flatMap((cell) => cell.refused), anyOf(graph, notFinite)]);
  const chosen = kept ? graph.node('Gather', [scaled, graph.int64(kept)], { axis: 1 }) : scaled;
  const clean = graph.node('Where', [refused, graph.float32([0], []), chosen]);
  return {
    features: inputShape.length > 1 ? graph.node('Reshape', [clean, graph.int64([0, ...inputShape])]) : clean,
    refused,
  };
}

function readColumn(graph: Graph, column: Column, writing?: Writing): ReadCell {
  const tokens = tokensOf(column, writing);
  if (column.kind === 'date') return readDays(graph, column);
  if (column.kind === 'binary' || column.kind === 'categorical') return readLevels(graph, column, tokens);
  return readNumbers(graph, column, tokens);
}

/** [N, features of the column], and [N, 1] where it has an indicator. */
function encoded(graph: Graph, { column, value, missing }: Cell): Value[] {
  const indicated = typeof column.missing === 'object' && column.missing.indicator;
  const own =
    column.kind === 'categorical'
      ? oneHot(graph, value, column.levels.length, column.dropFirst ? 1 : 0)
      : transformed(graph, column, value);
  return indicated ? [own, graph.cast(missing, 'float64')] : [own];
}

function transformed(graph: Graph, column: Column, value: Value): Value {
  const transform = column.kind === 'numeric' || isArray(column) ? column.transform : undefined;
  if (!transform) return value;
  const base = graph.number(transform === 'log2' ? Math.LN2 : Math.LN10);
  return graph.node('Div', [graph.node('Log', [value]), base]);
}

function joined(graph: Graph, values: readonly Value[]): Value {
  return values.length === 1 ? values[0]! : graph.node('Concat', values, { axis: 1 });
}

/** `(x - center) / spread`, cut at `-limit` and `limit`, in float64. */
function addScaling(graph: Graph, all: Value, scalings: Preprocessing['scalings']): Value {
  if (scalings.every((scaling) => scaling === null)) return all;
  const each = (of: (scaling: NonNullable<(typeof scalings)[number]>) => number | null, otherwise: number): Value =>
    graph.float64(
      scalings.map((scaling) => (scaling ? (of(scaling) ?? Infinity) : otherwise)),
      [1, scalings.length],
    );
  const centered = graph.node('Sub', [all, each(({ center }) => center, 0)]);
  const spread = graph.node('Div', [centered, each(({ spread }) => spread, 1)]);
  const limits = scalings.map((scaling) => scaling?.limit ?? Infinity);
  if (limits.every((limit) => limit === Infinity)) return spread;
  const above = graph.node('Max', [
    spread,
    graph.float64(
      limits.map((limit) => -limit),
      [1, limits.length],
    ),
  ]);
  return graph.node('Min', [above, graph.float64(limits, [1, limits.length])]);
}
