import type { Table } from '../benchmark.js';
import type { Figures } from '../flamby/published.js';
import { averageOf, spreadOf } from '../flamby/table.js';
import type { Candidate } from './settings.js';
import { worstOf, type MethodResult, type Trial } from './trial.js';

/** Trials on one kind of split. */
export interface Trials {
  readonly what: string;
  readonly trials: readonly Trial[];
  /** Figures of others on the same split, by what they are called. */
  readonly published?: readonly [text: string, figures: readonly Figures[]];
}

/** Accuracy by method: the worst hospital of each trial, the average over hospitals, and each hospital. */
export function accuracyTable({ what, trials, published }: Trials): Table {
  const row = (method: string, all: readonly Pick<MethodResult, 'hospitals'>[]): string[] => [
    method,
    spread(all.map(worstOf)),
    spread(all.map(({ hospitals }) => averageOf({ hospitals, pooled: NaN }))),
    ...all[0]!.hospitals.map((_, k) => spreadOf(all.map(({ hospitals }) => hospitals[k]!)).mean.toFixed(3)),
  ];
  return {
    title: `Accuracy at each hospital, ${what}, ${trials.length} trials`,
    columns: ['model', 'worst hospital', 'average', ...trials[0]!.ids],
    rows: [
      ...byMethod(trials).map(([method, all]) => row(method, all)),
      row('the personal one of lowest loss', trials.map(({ byLoss }) => byLoss)), // prettier-ignore
      ...(published ? [row(...published)] : []),
    ],
  };
}

/** What each hospital is advised to use, and in how many trials. */
export function deployTable({ what, trials }: Trials): Table {
  const rows = byMethod(trials).flatMap(([method, all]) => {
    const advised = all.flatMap(({ deploy }) => (deploy ? [deploy] : []));
    return advised.length === 0
      ? []
      : [[method, ...trials[0]!.ids.map((_, k) => counted(advised.map((models) => models[k]!)))]];
  });
  return { title: `What \`deploy\` says, ${what}, by trials`, columns: ['personal model', ...trials[0]!.ids], rows };
}

/** What was chosen how often. */
export function choiceTable({ what, trials }: Trials): Table {
  const rows = byMethod(trials).flatMap(([method, all]) => {
    const chosen = all.flatMap((one) => (one.chosen ? [one.chosen] : []));
    if (chosen.length === 0) return [];
    const loss = spreadOf(chosen.map((one) => one.loss)).mean.toFixed(4);
    const settings = chosen.map(textOf);
    return [[method, counted(settings, '; '), loss]];
  });
  const columns = ['model', 'settings and in how many trials', 'loss on held-out training records'];
  return { title: `What was chosen, ${what}`, columns, rows };
}

/** The settings among which there was a choice. */
function textOf({ aggregator, rounds }: Candidate): string {
  if (!aggregator) return `${rounds} steps`;
  const numbers = Object.entries(aggregator.options).filter(([, value]) => typeof value === 'number');
  return [...numbers.map(([key, value]) => `${key} ${value as number}`), `${rounds} rounds`].join(', ');
}

function byMethod(trials: readonly Trial[]): [string, MethodResult[]][] {
  return trials[0]!.methods.map(({ method }, i) => [method, trials.map(({ methods }) => methods[i]!)]);
}

function spread(values: readonly number[]): string {
  const { mean, deviation } = spreadOf(values);
  return `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
}

/** Each value with how often it comes, the most frequent first. */
function counted(values: readonly string[], between = ', '): string {
  const times = new Map<string, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .map(([value, count]) => `${value}: ${count}`)
    .join(between);
}
