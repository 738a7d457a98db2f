import { visible } from '../report/visible.js';
import type { CardBlock, ModelCard } from './card.js';

/** Characters from which on a cell is prose, which needs room on a narrow screen. */
const prose = 40;

/** A model card as one HTML page that needs nothing else: no script, no picture, no network. */
export function cardHtml({ title, nonce, sections }: ModelCard): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<meta name="nonce" content="${htmlText(nonce)}">
<title>${htmlText(title)}</title>
<style>
  :root { color-scheme: light dark; --text: #1b1b1b; --ground: #fff; --line: #8a8a8a; --note: #fff3cd }
  @media (prefers-color-scheme: dark) { :root { --text: #eee; --ground: #16181b; --line: #7d7d7d; --note: #4a3c08 } }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem;
    color: var(--text); background: var(--ground); overflow-wrap: anywhere }
  .scroll { overflow-x: auto; margin: 1rem 0 }
  table { border-collapse: collapse; width: 100%; overflow-wrap: break-word; font-variant-numeric: tabular-nums }
  caption { text-align: left; font-weight: 600 } caption span { position: sticky; left: 0; display: inline-block;
    max-width: calc(100vw - 2rem) }
  th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top }
  tbody th { font-weight: 500; min-width: 7rem } .prose { min-width: 14rem; overflow-wrap: anywhere }
  @media print { .scroll { overflow: visible } tr, .note { break-inside: avoid } }
  .note { background: var(--note); padding: .6rem 1rem } pre { white-space: pre-wrap }
</style>
</head>
<body>
<main>
<h1>${htmlText(title)}</h1>
${sections
  .map(({ heading, blocks }) => `<section>\n<h2>${htmlText(heading)}</h2>\n${blocks.map(block).join('\n')}\n</section>`)
  .join('\n')}
</main>
</body>
</html>
`;
}

function block(part: CardBlock): string {
  switch (part.kind) {
    case 'text':
      return `<p>${htmlText(part.text)}</p>`;
    case 'warning':
      return `<p class="note"><strong>Note:</strong> ${htmlText(part.text)}</p>`;
    case 'list':
      return `<ul>${part.items.map((item) => `<li>${htmlText(item)}</li>`).join('')}</ul>`;
    case 'table':
      return table(part);
    case 'commands':
      return `<pre><code>${part.lines.map(htmlText).join('\n')}</code></pre>`;
  }
}

function table({ caption, head, rows }: Extract<CardBlock, { kind: 'table' }>): string {
  const top = head.map((cell) => `<th scope="col">${htmlText(cell)}</th>`).join('');
  const body = rows.map(
    ([first = '', ...rest]) =>
      `<tr><th scope="row">${htmlText(first)}</th>${rest.map((cell) => `<td${cell.length >= prose ? ' class="prose"' : ''}>${htmlText(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll" role="region" tabindex="0" aria-label="${htmlText(caption)}"><table>
<caption><span>${htmlText(caption)}</span></caption>
<thead><tr>${top}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`;
}

/** Nothing of a name may become markup, or turn the direction of what is around it. */
function htmlText(value: string): string {
  return visible(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
