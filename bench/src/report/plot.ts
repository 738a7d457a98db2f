import { scaleLog } from 'd3-scale';
import { line } from 'd3-shape';

/** One quantity against another, both > 0. */
export interface ScalingSeries {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const panel = { width: 360, height: 280 };
const margin = { top: 34, right: 16, bottom: 44, left: 58 };

/** Plots on log axes side by side, one for each series, as a standalone SVG: a straight line of slope 1 is linear growth. */
export function plotScaling(title: string, axis: string, series: readonly ScalingSeries[]): string {
  const width = panel.width * series.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${panel.height}" width="${width}" ` +
      `height="${panel.height}" role="img" aria-label="${title}" font-size="12" font-family="sans-serif">`,
    `<rect width="${width}" height="${panel.height}" fill="#fff"/>`,
    ...series.map((one, i) => `<g transform="translate(${i * panel.width} 0)">\n${drawPanel(axis, one)}\n</g>`),
    '</svg>\n',
  ].join('\n');
}

function drawPanel(axis: string, { label, points }: ScalingSeries): string {
  const x = scaleLog(extent(points.map(([value]) => value)), [margin.left, panel.width - margin.right]);
  const y = scaleLog(extent(points.map(([, value]) => value)), [panel.height - margin.bottom, margin.top]);
  const right = panel.width - margin.right;
  const path = line<readonly [number, number]>()
    .x(([value]) => x(value))
    .y(([, value]) => y(value));
  return [
    ...fewTicks(y.ticks()).map(
      (tick) =>
        `<line x1="${margin.left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/>` +
        `<text x="${margin.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    ),
    ...points.map(
      ([value]) =>
        `<text x="${x(value)}" y="${panel.height - margin.bottom + 18}" text-anchor="middle">${short(value)}</text>`,
    ),
    `<path d="${path(points) ?? ''}" fill="none" stroke="#1f6feb" stroke-width="2"/>`,
    ...points.map(([a, b]) => `<circle cx="${x(a)}" cy="${y(b)}" r="3.5" fill="#1f6feb"/>`),
    `<text x="${(margin.left + right) / 2}" y="${panel.height - 8}" text-anchor="middle">${axis}</text>`,
    `<text x="${margin.left}" y="20">${label}</text>`,
  ].join('\n');
}

/** A little wider than the values, and never of no width, which has no logarithmic scale. */
function extent(values: readonly number[]): [number, number] {
  return [Math.min(...values) / 1.2, Math.max(...values) * 1.2];
}

/** Those of a log scale are up to nine a decade: as many as do not run into each other. */
function fewTicks(ticks: readonly number[]): number[] {
  const every = Math.ceil(ticks.length / 8);
  return ticks.filter((_, i) => i % every === 0);
}

function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(2))}M`;
  return value >= 1e3 ? `${Number((value / 1e3).toPrecision(2))}k` : String(value);
}
