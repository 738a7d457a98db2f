import type { ImputationModel } from '@fedward/data-medical';
import type { Graph, Value } from '@fedward/kit-onnx';
import { isNaNOf } from './cell.js';
import { oneHot } from './one-hot.js';

type ImputedColumn = ImputationModel['columns'][number];
type Chain = NonNullable<ImputationModel['ridge']>;

/**
 * Chained ridge regressions without draws, as data-medical carries them out: each missing value is the regression's
 * prediction from the other columns, step after step.
 *
 * @param values of each column [N, 1], float64; NaN where there is none
 * @returns what the chain says of a column: [N, 1] in its own unit, or the position of a level
 */
export function addChain(
  graph: Graph,
  columns: readonly ImputedColumn[],
  values: readonly Value[],
  { centers, spreads, start, steps }: Chain,
): (column: number) => Value {
  const sizes = columns.map((column) => (column.kind === 'categorical' ? column.levels.length : 1));
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  const of = (numbers: readonly number[], i: number): Value =>
    graph.float64(numbers.slice(starts[i], starts[i]! + sizes[i]!), [1, sizes[i]!]);
  const lacks = values.map((value) => isNaNOf(graph, value));
  const variables = values.map((value, i) => {
    const own = columns[i]!.kind === 'categorical' ? oneHot(graph, value, sizes[i]!) : value;
    const scaled = graph.node('Div', [graph.node('Sub', [own, of(centers, i)]), of(spreads, i)]);
    return graph.node('Where', [lacks[i]!, of(start, i), scaled]);
  });
  for (const { column, intercepts, weights } of steps) {
    const size = sizes[column]!;
    const intercept = graph.float64(intercepts, [1, size]);
    const others = variables.filter((_, i) => i !== column);
    let told = intercept;
    if (others.length > 0) {
      const together = others.length === 1 ? others[0]! : graph.node('Concat', others, { axis: 1 });
      const width = weights[0]!.length;
      const turned = Array.from({ length: width * size }, (_, k) => weights[k % size]![Math.floor(k / size)]!);
      told = graph.node('Add', [graph.node('MatMul', [together, graph.float64(turned, [width, size])]), intercept]);
    }
    variables[column] = graph.node('Where', [lacks[column]!, told, variables[column]!]);
  }
  return (i) => {
    const unscaled = graph.node('Mul', [variables[i]!, of(spreads, i)]);
    return cellFrom(graph, columns[i]!, graph.node('Add', [unscaled, of(centers, i)]));
  };
}

/** The number, cut to what can be true of it, or the level that is nearest. */
function cellFrom(graph: Graph, column: ImputedColumn, own: Value): Value {
  if ('levels' in column)
    return graph.cast(
      column.kind === 'binary'
        ? graph.node('GreaterOrEqual', [own, graph.number(0.5)])
        : graph.node('ArgMax', [own], { axis: 1, keepdims: 1 }),
      'float64',
    );
  if (!column.bounds) return own;
  const [low, high] = column.bounds;
  return graph.node('Min', [graph.number(high), graph.node('Max', [graph.number(low), own])]);
}
