import type { Table } from '../benchmark.js';
import type { Figures } from './published.js';

/** Mean and population standard deviation, as FLamby gives them. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
}

/** Over hospitals that have a figure. */
export const averageOf = ({ hospitals }: Figures): number => {
  const defined = hospitals.filter((figure) => Number.isFinite(figure));
  return defined.reduce((sum, x) => sum + x, 0) / defined.length;
};

/** One method, ours over seeds beside the published one's. */
export interface Compared {
  readonly method: string;
  readonly own: readonly Figures[];
  /** Absent where nothing is published. */
  readonly published?: readonly Figures[];
}

/** Whether our mean is above the published one, or below it by two of its standard deviations at most. */
export function holds(own: Spread, published: Spread): boolean {
  return own.mean >= published.mean - 2 * published.deviation;
}

const text = ({ mean, deviation }: Spread): string => `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;

/** A row a method: ours and the published figures, and whether ours hold. */
export function comparisonTable(title: string, rows: readonly Compared[]): Table {
  const cells = ({ method, own, published }: Compared): string[] => {
    const both = [averageOf, ({ pooled }: Figures) => pooled].map((of) => ({
      own: spreadOf(own.map(of)),
      published: published && spreadOf(published.map(of)),
    }));
    const hospitals = own[0]!.hospitals.map((_, k) => spreadOf(own.map((figures) => figures.hospitals[k]!)).mean);
    const held = both.every((figure) => !figure.published || holds(figure.own, figure.published));
    return [
      method,
      ...both.flatMap((figure) => [text(figure.own), figure.published ? text(figure.published) : '-']),
      hospitals.map((mean) => mean.toFixed(3)).join(' '),
      published ? (held ? 'yes' : 'NO') : '-',
    ];
  };
  return {
    title,
    columns: [
      'method',
      ...['average', 'published', 'pooled', 'published'],
      'hospitals',
      'within two published deviations, or above',
    ],
    rows: rows.map(cells),
  };
}
