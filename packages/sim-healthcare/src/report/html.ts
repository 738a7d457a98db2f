import { visible } from './visible.js';

/** Ids come from data and config: nothing of them may become markup, or turn the direction of what is around it. */
export function text(value: string): string {
  return visible(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface Table {
  /** Unlike that of every other table of the page, since screen readers list tables by it. */
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of each is what the row is of. */
  readonly rows: readonly (readonly string[])[];
}

/** Characters from which on a cell is prose, which a narrow screen must not break into a column of single words. */
const prose = 40;

/** A table that scrolls inside its own box where it is wider than the page. All cells are text. */
export function table({ caption, head, rows }: Table): string {
  const columns = head.map((cell) => `<th scope="col">${text(cell)}</th>`).join('');
  const body = rows.map(([first = '', ...cells]) => {
    const others = cells
      .map((cell) => `<td${cell.length >= prose ? ' class="prose"' : ''}>${text(cell)}</td>`)
      .join('');
    return `<tr><th scope="row">${text(first)}</th>${others}</tr>`;
  });
  return `<div class="scroll" role="region" tabindex="0" aria-label="${text(caption)}">
<table><caption><span>${text(caption)}</span></caption><thead><tr>${columns}</tr></thead>
<tbody>${body.join('\n')}</tbody></table></div>`;
}

export function paragraphs(sentences: readonly string[]): string {
  return sentences.map((sentence) => `<p>${text(sentence)}</p>`).join('\n');
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${text(item)}</li>`).join('\n')}</ul>`;
}

/** A part of the page that the table of contents names. */
export interface Section {
  /** Of the page's own: a letter, then letters and hyphens. */
  readonly id: string;
  readonly heading: string;
  /** Markup; headings in it begin with h3. Empty: the section is left out. */
  readonly body: string;
}

export function section({ id, heading, body }: Section): string {
  return `<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${text(heading)}</h2>
${body}
</section>`;
}
