import { drawFigure, type Drawing } from './draw.js';
import { legendOf, lineMarks } from './lines.js';

export interface RoundSeries {
  readonly label: string;
  /** One value a round; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** A line plot over rounds; series without a value are left out, and without any there is no plot. */
export function plotRounds(
  drawing: Drawing,
  id: string,
  title: string,
  given: readonly RoundSeries[],
  range?: readonly [number, number],
): string {
  const kept = given.filter(({ values }) => values.some((value) => value !== null));
  if (kept.length === 0) return '';
  const series = kept.map(({ label, values }) => ({ label, points: values.map((y, round) => ({ x: round + 1, y })) }));
  const rounds = series.reduce((most, { points }) => Math.max(most, points.length), 1);
  const first = kept[0]!;
  const known = first.values.filter((value) => value !== null);
  return drawFigure(drawing, {
    ...{ id, title },
    description: `Of ${rounds} rounds: ${first.label} goes from ${short(known[0]!)} to ${short(known.at(-1)!)}.`,
    legend: legendOf(series),
    marks: [
      drawing.plot.gridY({ strokeOpacity: 0.15 }),
      drawing.plot.ruleY([range?.[0] ?? 0]),
      ...lineMarks(drawing.plot, series),
    ],
    options: {
      height: 220,
      x: { label: 'round', domain: [1, Math.max(2, rounds)], tickFormat: 'd', ticks: roundTicks(rounds) },
      y: { label: null, ticks: 5, ...(range ? { domain: [...range] } : { zero: true, nice: true }) },
    },
    data: {
      caption: `Data: ${title}`,
      head: ['Round', ...series.map(({ label }) => label)],
      rows: Array.from({ length: rounds }, (_, i) => [
        String(i + 1),
        ...kept.map(({ values }) => (values[i] === undefined || values[i] === null ? '-' : short(values[i]))),
      ]),
    },
  });
}

/** The first round, and every 1, 2, 5, 10... of them, at most eight. */
function roundTicks(rounds: number): number[] {
  const steps = Array.from({ length: 8 }, (_, i) => [1, 2, 5].map((n) => n * 10 ** i)).flat();
  const step = steps.find((size) => rounds / size <= 7) ?? rounds;
  const all = Array.from({ length: Math.floor(rounds / step) }, (_, i) => (i + 1) * step);
  return all[0] === 1 ? all : [1, ...all];
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
