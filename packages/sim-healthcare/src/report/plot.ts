import { largest } from '@fedward/core';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';

export interface Series {
  readonly label: string;
  readonly color: string;
  /** One value a round; null where there is none. */
  readonly values: readonly (number | null)[];
}

const width = 720;
const height = 280;
const margin = { top: 30, right: 20, bottom: 40, left: 60 };

/** A line plot over rounds as SVG; series without a value are left out. */
export function plotRounds(title: string, given: readonly Series[], range?: readonly [number, number]): string {
  const series = given.filter(({ values }) => values.some((value) => value !== null));
  const all = series.flatMap(({ values }) => values.filter((value) => value !== null));
  if (all.length === 0) return '';
  const rounds = largest(series.map(({ values }) => values.length));
  const x = scaleLinear([1, Math.max(2, rounds)], [margin.left, width - margin.right]);
  const y = scaleLinear(range ?? [0, largest(all)], [height - margin.bottom, margin.top]);
  if (!range) y.nice();
  const path = line<readonly [number, number | null]>()
    .defined(([, value]) => value !== null)
    .x(([round]) => x(round))
    .y(([, value]) => y(value ?? 0));

  const grid = y
    .ticks(5)
    .map(
      (tick) =>
        `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/>` +
        `<text x="${margin.left - 8}" y="${y(tick) + 4}" text-anchor="end">${y.tickFormat(5)(tick)}</text>`,
    );
  const ticks = x
    .ticks(Math.min(rounds, 10))
    .filter(Number.isInteger)
    .map((tick) => `<text x="${x(tick)}" y="${height - margin.bottom + 18}" text-anchor="middle">${tick}</text>`);
  const lines = series.map(({ label, color, values }, i) => {
    const points = values.map((value, round) => [round + 1, value] as const);
    const at = margin.left + 12 + i * 170;
    return (
      `<path d="${path(points) ?? ''}" fill="none" stroke="${color}" stroke-width="2"/>` +
      `<line x1="${at}" x2="${at + 20}" y1="20" y2="20" stroke="${color}" stroke-width="2"/>` +
      `<text x="${at + 26}" y="24">${label}</text>`
    );
  });
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" font-size="12" font-family="sans-serif">`,
    ...grid,
    ...ticks,
    `<text x="${(margin.left + width - margin.right) / 2}" y="${height - 6}" text-anchor="middle">round</text>`,
    ...lines,
    '</svg>',
  ].join('\n');
}
