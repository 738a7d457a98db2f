import type { Graph, Value } from '@fedward/kit-onnx';
import { isNaNOf, nanWhere } from './cell.js';

/**
 * A position as one variable a level, 1 where it is that.
 * @param position [N, 1], float64
 * @param from the first level that has one
 * @returns [N, count - from], float64; NaN where the position is
 */
export function oneHot(graph: Graph, position: Value, count: number, from = 0): Value {
  const levels = Array.from({ length: count - from }, (_, i) => from + i);
  const equal = graph.node('Equal', [position, graph.float64(levels, [1, levels.length])]);
  return nanWhere(graph, isNaNOf(graph, position), graph.cast(equal, 'float64'));
}
