import { isArray, parseNumber, type ArrayColumn, type Column } from '@fedward/kit-tables';
import type { Graph, Value } from '@fedward/kit-onnx';
import { anyOf, isNaNOf, nanWhere, or, type ReadCell } from './cell.js';
import type { Tokens } from './tokens.js';

type NumberColumn = Extract<Column, { readonly kind: 'numeric' }> | ArrayColumn;

/** A column of numbers, or of arrays of them, read as `numberCheck` of the kit for tables reads it. */
export function readNumbers(graph: Graph, column: NumberColumn, tokens: Tokens): ReadCell {
  const { name, zeroIsMissing, allowed, outside = 'error', transform } = column;
  const shape = isArray(column) ? column.shape : [1];
  const given = graph.input({ name, type: 'float64', shape: ['N', ...shape], meaning: meaningOf(column, tokens) });
  const number = shape.length > 1 ? graph.node('Flatten', [given], { axis: 1 }) : given;
  const refused = [unusable(graph, column, number)];
  const none = [isNaNOf(graph, number)];
  for (const token of tokens.numbers) none.push(graph.node('Equal', [number, graph.number(token)]));
  if (zeroIsMissing) none.push(graph.node('Equal', [number, graph.number(0)]));
  let value = number;
  if (allowed) {
    const [low, high] = [graph.number(allowed[0]), graph.number(allowed[1])];
    const beyond = or(graph, [graph.node('Less', [number, low]), graph.node('Greater', [number, high])]);
    if (outside === 'missing') none.push(beyond);
    else if (outside === 'cut') value = cut(graph, number, low, high);
    else refused.push(unlessMissing(graph, beyond, none));
  }
  if (transform) {
    const notAbove = graph.node('LessOrEqual', [value, graph.number(0)]);
    refused.push(unlessMissing(graph, notAbove, none));
  }
  const missing = or(graph, none);
  const flat = isArray(column);
  return {
    column,
    value: none.length === 1 ? value : nanWhere(graph, missing, value),
    missing: flat ? anyOf(graph, missing) : missing,
    refused: flat ? refused.map((flags) => anyOf(graph, flags)) : refused,
  };
}

/** Days since 1970 began become days since `since`. */
export function readDays(graph: Graph, column: Extract<Column, { readonly kind: 'date' }>): ReadCell {
  const { name, since = '1970-01-01' } = column;
  const meaning = 'days since 1970-01-01T00:00 UTC, with their fraction; NaN: missing';
  const given = graph.input({ name, type: 'float64', shape: ['N', 1], meaning });
  return {
    column,
    value: graph.node('Sub', [given, graph.number(Date.parse(since) / millisecondsADay)]),
    missing: isNaNOf(graph, given),
    refused: [graph.node('IsInf', [given])],
  };
}

const millisecondsADay = 86_400_000;

/** Numbers of which no feature can be made: not finite, and beyond float32 where no declared scale will cut them. */
function unusable(graph: Graph, { scale, range }: NumberColumn, number: Value): Value {
  return graph.node('IsInf', [scale || range ? number : graph.cast(number, 'float32')]);
}

function unlessMissing(graph: Graph, flag: Value, none: readonly Value[]): Value {
  return graph.node('And', [flag, graph.node('Not', [or(graph, none)])]);
}

function cut(graph: Graph, value: Value, low: Value, high: Value): Value {
  const below = graph.node('Where', [graph.node('Less', [value, low]), low, value]);
  return graph.node('Where', [graph.node('Greater', [value, high]), high, below]);
}

function meaningOf({ unit, zeroIsMissing, allowed, outside = 'error' }: NumberColumn, { numbers }: Tokens): string {
  const missing = ['NaN', ...numbers.map(String), ...(zeroIsMissing ? ['0'] : [])].join(', ');
  const done = { error: 'no prediction', missing: 'missing', cut: 'cut to it' }[outside];
  return [
    unit === undefined ? 'as recorded' : `in ${unit}`,
    ...(allowed ? [`${allowed[0]} to ${allowed[1]}, beyond it ${done}`] : []),
    `${missing}: missing`,
  ].join('; ');
}

/** A level or token as a number, where it is one. */
export function numberOf(text: string | number, decimal: '.' | ',' = '.'): number | undefined {
  return parseNumber(String(text).trim(), decimal);
}
