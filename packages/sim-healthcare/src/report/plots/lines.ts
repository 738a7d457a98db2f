import type { Markish } from '@observablehq/plot';
import { looks, type Plot } from './draw.js';

export interface Point {
  readonly x: number;
  /** Null: the line has a gap. */
  readonly y: number | null;
}

export interface Series {
  readonly label: string;
  readonly points: readonly Point[];
}

/** Points beyond which a series has no symbol at each of them, but at every so-manieth. */
const mostSymbols = 12;

/** A line a series, told apart by colour, dash and symbol. */
export function lineMarks(plot: Plot, series: readonly Series[]): Markish[] {
  return series.flatMap(({ points }, i) => {
    const { stroke, dash, symbol } = looks[i % looks.length]!;
    const step = Math.ceil(points.length / mostSymbols);
    const marked = points.filter(({ y }, at) => y !== null && at % step === 0);
    const line = { x: 'x', y: 'y', stroke, strokeWidth: 2, ...(dash && { strokeDasharray: dash }) } as const;
    return [plot.line(points, line), plot.dot(marked, { x: 'x', y: 'y', fill: stroke, symbol, r: 3 })];
  });
}

/** How series look, for a legend. */
export function legendOf(series: readonly Pick<Series, 'label'>[]): { label: string; look: (typeof looks)[number] }[] {
  return series.map(({ label }, i) => ({ label, look: looks[i % looks.length]! }));
}
