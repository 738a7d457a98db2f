import { canonicalText, type Column } from '@fedward/kit-tables';
import type { Graph, Value } from '@fedward/kit-onnx';
import { anyOf, isNaNOf, nanWhere, or, type ReadCell } from './cell.js';
import { numberOf } from './read-numbers.js';
import type { Tokens } from './tokens.js';

type CodedColumn = Extract<Column, { readonly kind: 'binary' | 'categorical' }>;

/**
 * The position of a level. Where all levels are numbers the column is one of numbers, else of text. What is no level and
 * stands for no missing value is refused.
 */
export function readLevels(graph: Graph, column: CodedColumn, tokens: Tokens): ReadCell {
  const numbers = column.levels.map((level) => numberOf(level));
  return numbers.every((level) => level !== undefined)
    ? readNumberLevels(graph, column, numbers, tokens)
    : readTextLevels(graph, column, tokens);
}

function readNumberLevels(graph: Graph, column: CodedColumn, levels: readonly number[], tokens: Tokens): ReadCell {
  const given = graph.input({
    ...{ name: column.name, type: 'float64', shape: ['N', 1] },
    meaning: `one of ${levels.join(', ')}; ${['NaN', ...tokens.numbers].join(', ')}: missing; no prediction for others`,
  });
  const equal = graph.node('Equal', [given, graph.float64(levels, [1, levels.length])]);
  const found = anyOf(graph, equal);
  const positions = graph.float64(
    levels.map((_, i) => i),
    [levels.length, 1],
  );
  const position = graph.node('MatMul', [graph.cast(equal, 'float64'), positions]);
  const unknown = graph.node('Not', [found]);
  const none = [isNaNOf(graph, given), ...tokens.numbers.map((t) => graph.node('Equal', [given, graph.number(t)]))];
  const missing = graph.node('And', [unknown, or(graph, none)]);
  return {
    column,
    value: nanWhere(graph, unknown, position),
    missing,
    refused: [graph.node('And', [unknown, graph.node('Not', [missing])])],
  };
}

function readTextLevels(graph: Graph, column: CodedColumn, { texts }: Tokens): ReadCell {
  const levels = column.levels.map((level) => canonicalText(String(level)));
  const tokens = texts.filter((text) => !levels.includes(text)); // a declared level may be spelled NA
  const shown = tokens.map((token) => JSON.stringify(token)).join(', ');
  const given = graph.input({
    ...{ name: column.name, type: 'string', shape: ['N', 1] },
    meaning: `one of ${levels.map((level) => JSON.stringify(level)).join(', ')}; ${shown}: missing; no prediction for others`,
  });
  const missingAt = levels.length;
  const code: Value = graph.node(
    'LabelEncoder',
    [given],
    {
      keys_strings: [...levels, ...tokens],
      values_int64s: [...levels.map((_, i) => i), ...tokens.map(() => missingAt)],
      default_int64: missingAt + 1,
    },
    'ai.onnx.ml',
  );
  const position = graph.cast(code, 'float64');
  const at = graph.number(missingAt);
  return {
    column,
    value: nanWhere(graph, graph.node('GreaterOrEqual', [position, at]), position),
    missing: graph.node('Equal', [position, at]),
    refused: [graph.node('Greater', [position, at])],
  };
}
