import type { Markish, PlotOptions } from '@observablehq/plot';
import type * as Library from './library.js';
import { table, text, type Table } from '../html.js';
import { visible } from '../visible.js';

/** Wide enough for a plot, and no wider than a telephone: text has its own size there. */
export const plotWidth = 360;

/** Colours, dashes and symbols of series, so that none is told by colour alone. */
export const looks = [
  { stroke: 'var(--s0)', dash: '', symbol: 'circle' },
  { stroke: 'var(--s1)', dash: '6 3', symbol: 'triangle' },
  { stroke: 'var(--s2)', dash: '2 3', symbol: 'square' },
] as const;
export type Look = (typeof looks)[number];

export type Plot = Omit<typeof Library, 'parseHTML'>;

/** What plots are drawn with; loaded when a report is rendered, and not before. */
export interface Drawing {
  readonly plot: Plot;
  /** A document of no browser. */
  readonly document: unknown;
}

export async function loadDrawing(): Promise<Drawing> {
  const { parseHTML, ...plot } = await import('./library.js');
  return { plot, document: parseHTML('<!doctype html><html><body></body></html>').document };
}

export interface Figure {
  /** Of the page's own, and unlike all others. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, in a sentence, for who can't. */
  readonly description: string;
  readonly legend?: readonly { readonly label: string; readonly look: Look; readonly line?: boolean }[];
  readonly marks: Markish[];
  readonly options?: PlotOptions;
  /** The plot's data. */
  readonly data: Table;
}

/** What of an element is used here. */
interface Drawn {
  readonly innerHTML: string;
  getAttribute(name: string): string | null;
}

/** A plot as a figure: title, legend, picture, and its data as a table. Text of marks must have gone through `label`. */
export function drawFigure({ plot, document }: Drawing, figure: Figure): string {
  const { id, title, description, legend = [], marks, options, data } = figure;
  const drawn = plot.plot({
    document: document as NonNullable<PlotOptions['document']>,
    width: plotWidth,
    height: 250,
    marginLeft: 46,
    marginBottom: 38,
    className: 'plot',
    style: { fontSize: '12px' },
    ...options,
    marks,
  }) as unknown as Drawn;
  const inner = shortened(drawn.innerHTML);
  const box = drawn.getAttribute('viewBox') ?? '';
  const keys = legend.map(({ label, look, line = true }) => `<li>${sample(look, line)}${text(label)}</li>`).join('');
  return `<figure id="${id}">
<figcaption><span class="name">${text(title)}.</span> ${text(description)}</figcaption>
${keys ? `<ul class="legend">${keys}</ul>` : ''}
<svg viewBox="${box}" role="img" aria-labelledby="${id}-title ${id}-text" font-size="12" font-family="system-ui, sans-serif" fill="currentColor" text-anchor="middle">
<title id="${id}-title">${text(title)}</title><desc id="${id}-text">${text(description)}</desc>
${inner}
</svg>
<details><summary>The data of this plot: ${text(title)}</summary>
${table(data)}
</details>
</figure>`;
}

/** A name of data as it may stand in a picture: cut to what there is room for. */
export function label(name: string, most = 14): string {
  const shown = [...visible(name)];
  return shown.length > most ? `${shown.slice(0, most - 1).join('')}…` : shown.join('');
}

/** Names for screen readers of what is inside a picture say nothing there, and coordinates have digits that nobody sees. */
function shortened(svg: string): string {
  return svg
    .replace(/<style>[^]*?<\/style>/g, '')
    .replace(/<[^<>]*>/g, (tag) =>
      tag
        .replace(/ aria-(label|hidden)="[^"]*"/g, '')
        .replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 10) / 10)),
    );
}

const symbols = {
  circle: '<circle cx="16" cy="6" r="3.5"/>',
  triangle: '<path d="M16 1.5l4.5 8h-9z"/>',
  square: '<path d="M13 3h6v6h-6z"/>',
};

function sample({ stroke, dash, symbol }: Look, line: boolean): string {
  const drawn = line
    ? `<path d="M0 6H32" stroke="${stroke}" stroke-width="2"${dash ? ` stroke-dasharray="${dash}"` : ''}/>`
    : '';
  return `<svg viewBox="0 0 32 12" aria-hidden="true">${drawn}<g fill="${stroke}">${symbols[symbol]}</g></svg>`;
}
