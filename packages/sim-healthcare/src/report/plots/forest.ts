import type { Figure as Estimate } from '@fedward/metrics-clinical';
import { intervalOf, valueOf, type NamedFigure } from '../figure-names.js';
import { drawFigure, label, looks, type Drawing } from './draw.js';

export interface ForestRow {
  readonly name: string;
  /** One a series. */
  readonly estimates: readonly (Estimate | undefined)[];
}

/** Rows beyond which a picture tells nothing that the table does not. */
const mostRows = 40;

/** Letters of a name beyond which it is cut: the table below has it whole. */
const mostLetters = 18;

/** A row for each hospital or group: estimates with their intervals, one below the other. */
export function plotForest(
  drawing: Drawing,
  {
    id,
    title,
    description,
    series,
    named,
    rows,
    guide,
  }: {
    readonly id: string;
    readonly title: string;
    readonly description: string;
    readonly series: readonly string[];
    readonly named: NamedFigure;
    readonly rows: readonly ForestRow[];
    /** Where a vertical line stands. */
    readonly guide?: number | undefined;
  },
): string {
  const { plot } = drawing;
  const shown = rows.slice(0, mostRows);
  const drawn = shown.flatMap(({ estimates }, row) =>
    estimates.flatMap((estimate, i) => {
      if (estimate?.value === undefined || estimate.value === null) return [];
      const [low, high] = estimate.interval ?? [estimate.value, estimate.value];
      return [{ i, y: row + (i - (series.length - 1) / 2) * 0.34, value: estimate.value, low, high }];
    }),
  );
  if (drawn.length === 0) return '';
  const longest = shown.reduce((most, { name }) => Math.max(most, label(name, mostLetters).length), 8);
  const more = rows.length - shown.length;
  return drawFigure(drawing, {
    ...{ id, title },
    description: description + (more > 0 ? ` The first ${mostRows}; ${more} more are in the table.` : ''),
    legend: series.map((name, i) => ({ label: name, look: looks[i]! })),
    marks: [
      plot.gridX({ strokeOpacity: 0.12 }),
      ...(guide === undefined
        ? []
        : [plot.ruleX([guide], { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '3 3' })]),
      ...series.flatMap((_, i) => {
        const { stroke, dash, symbol } = looks[i]!;
        const own = drawn.filter((one) => one.i === i);
        const dashed = dash ? { strokeDasharray: dash } : {};
        return [
          plot.ruleY(own, { y: 'y', x1: 'low', x2: 'high', stroke, strokeWidth: 2, ...dashed }),
          plot.dot(own, { x: 'value', y: 'y', fill: stroke, symbol, r: 4 }),
        ];
      }),
    ],
    options: {
      height: 64 + 40 * shown.length,
      marginLeft: Math.min(150, 24 + 7 * longest),
      x: { label: named.label, ticks: 4, nice: true },
      y: {
        label: null,
        domain: [shown.length - 0.4, -0.6],
        ticks: shown.map((_, row) => row),
        tickFormat: (row: number) => label(shown[row]?.name ?? '', mostLetters),
        tickSize: 0,
      },
    },
    data: {
      caption: `Data: ${title}`,
      head: ['', ...series.flatMap((name) => [name, `Interval: ${name}`])],
      rows: rows.map(({ name, estimates }) => [
        name,
        ...series.flatMap((_, i) => [valueOf(estimates[i], named), intervalOf(estimates[i], named)]),
      ]),
    },
  });
}
