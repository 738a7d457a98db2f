import { createTensors, tensorValues, type Tensors } from '@fedward/core';
import { binOf } from './bins.js';
import { ChainedRecords } from './chain.js';
import { variablesOf, variableStarts, writeVariables, type ImputedColumn } from './columns.js';
import { formOf, levelCount, medianBins, type ImputationSumsOptions, type Question } from './question.js';
import type { ImputationRecords } from './records.js';

type Of<A extends Question['ask']> = Extract<Question, { ask: A }>;
type Data = Pick<ImputationRecords, 'columns' | 'count' | 'values'>;

/**
 * What records answer: sums over them, in float64, of none all zeros.
 * @param chained the same records where a chain of regressions stands, if it goes on from there
 */
export function sumsOf(
  { columns, question }: ImputationSumsOptions,
  { count, values }: Omit<Data, 'columns'>,
  chained?: ChainedRecords,
): Tensors<Float64Array> {
  const answer = createTensors(formOf({ columns, question })) as Tensors<Float64Array>;
  const data = { columns, count, values };
  if (question.ask === 'means') addMeans(data, question, answer);
  else if (question.ask === 'spreads') addSquares(data, question, answer);
  else if (question.ask === 'levels') addLevels(data, question, answer);
  else if (question.ask === 'bins') addBins(data, question, answer);
  else addProducts(data, question, answer, chained);
  return answer;
}

/** The sums over the records of several hospitals, added up as an aggregator does. */
export function sumsOfAll(options: ImputationSumsOptions, parts: readonly Omit<Data, 'columns'>[]): Float64Array {
  const sums = new Float64Array(formOf(options).layout.size);
  for (const part of parts) {
    const { values } = sumsOf(options, part);
    for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!;
  }
  return sums;
}

/** A value within what is believed of its column, -1 to 1. */
export function bounded(column: ImputedColumn, value: number): number {
  if (!('bounds' in column) || !column.bounds) return value;
  const [low, high] = column.bounds;
  return Math.min(1, Math.max(-1, (value - low / 2 - high / 2) / (high / 2 - low / 2)));
}

function addMeans({ columns, count, values }: Data, question: Of<'means'>, answer: Tensors<Float64Array>): void {
  const counts = tensorValues(answer, 'counts');
  const sums = tensorValues(answer, 'sums');
  let at = 0;
  question.of.forEach((i, k) => {
    const column = columns[i]!;
    const size = variablesOf(column);
    const own = new Float64Array(size);
    for (let row = 0; row < count; row++) {
      const value = values[row * columns.length + i]!;
      if (Number.isNaN(value)) continue;
      counts[k]! += 1;
      writeVariables(column, question.bounded ? bounded(column, value) : value, own, 0);
      for (let j = 0; j < size; j++) sums[at + j]! += own[j]!;
    }
    at += size;
  });
}

function addSquares({ columns, count, values }: Data, { centers }: Of<'spreads'>, answer: Tensors<Float64Array>): void {
  const starts = variableStarts(columns);
  columns.forEach((column, i) => {
    const own = new Float64Array(variablesOf(column));
    for (let row = 0; row < count; row++) {
      const value = values[row * columns.length + i]!;
      if (Number.isNaN(value)) continue;
      writeVariables(column, value, own, 0);
      for (let j = 0; j < own.length; j++) answer.values[starts[i]! + j]! += (own[j]! - centers[starts[i]! + j]!) ** 2;
    }
  });
}

function addLevels({ columns, count, values }: Data, question: Of<'levels'>, answer: Tensors<Float64Array>): void {
  let at = 0;
  for (const i of question.of) {
    for (let row = 0; row < count; row++) {
      const level = values[row * columns.length + i]!;
      if (!Number.isNaN(level)) answer.values[at + level]! += 1;
    }
    at += levelCount(columns[i]!);
  }
}

function addBins({ columns, count, values }: Data, question: Of<'bins'>, answer: Tensors<Float64Array>): void {
  question.of.forEach((i, k) => {
    const column = columns[i]!;
    const [low, high] = 'bounds' in column && column.bounds ? column.bounds : [-Infinity, Infinity];
    for (let row = 0; row < count; row++) {
      const value = values[row * columns.length + i]!;
      if (Number.isNaN(value)) continue;
      const within = Math.min(high, Math.max(low, value));
      question.intervals[k]!.forEach((interval, search) => {
        const bin = binOf(interval, within, interval[0] === low);
        if (bin >= 0) answer.values[(2 * k + search) * medianBins + bin]! += 1;
      });
    }
  });
}

function addProducts(
  { columns, values }: Data,
  { column, chain }: Of<'products'>,
  answer: Tensors<Float64Array>,
  chained = new ChainedRecords(columns, values, chain),
): void {
  if (!chained.goOn(chain.steps)) throw new Error('these records are further on than the chain');
  const { variables, width } = chained;
  const from = variableStarts(columns)[column]!;
  const targets = variablesOf(columns[column]!);
  const others = width - targets;
  const sums = tensorValues(answer, 'sums');
  const products = others > 0 ? tensorValues(answer, 'products') : sums;
  const cross = others > 0 ? tensorValues(answer, 'cross') : sums;
  const x = new Float64Array(others);
  for (let row = 0; row < variables.length / width; row++) {
    if (!chained.has(row, column)) continue;
    const at = row * width;
    answer.values[0]! += 1;
    for (let j = 0; j < others; j++) {
      x[j] = variables[at + (j < from ? j : j + targets)]!;
      sums[j]! += x[j]!;
    }
    for (let t = 0; t < targets; t++) sums[others + t]! += variables[at + from + t]!;
    for (let j = 0; j < others; j++) for (let k = 0; k <= j; k++) products[j * others + k]! += x[j]! * x[k]!;
    for (let t = 0; t < targets; t++)
      for (let j = 0; j < others; j++) cross[t * others + j]! += variables[at + from + t]! * x[j]!;
  }
}
