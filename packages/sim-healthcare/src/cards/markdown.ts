import { visible } from '../report/visible.js';
import type { CardBlock, ModelCard } from './card.js';

/** A model card as Markdown (CommonMark with tables). No name in it becomes markup. */
export function cardMarkdown({ title, nonce, sections }: ModelCard): string {
  return [
    `# ${markdownText(title)}`,
    ...sections.flatMap(({ heading, blocks }) => [`## ${markdownText(heading)}`, ...blocks.map(block)]),
    `<!-- nonce ${nonce.replace(/[^0-9a-z]/gi, '')} -->`,
    '',
  ].join('\n\n');
}

/** Text on one line in which nothing is markup: neither of Markdown nor of HTML. */
export function markdownText(text: string): string {
  return visible(text)
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/^\s*(\d+)(?=[.)](\s|$))/, '$1\\') // what would begin a list, a heading or a rule
    .replace(/^\s*(?=[-+#=]([\s#=-]|$))/, '\\');
}

/** A table of Markdown; its cells are made text. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

function block(part: CardBlock): string {
  switch (part.kind) {
    case 'text':
      return markdownText(part.text);
    case 'warning':
      return `> **Note:** ${markdownText(part.text)}`;
    case 'list':
      return part.items.map((item) => `- ${markdownText(item)}`).join('\n');
    case 'table':
      return `${markdownText(part.caption)}:\n\n${markdownTable(part.head, part.rows)}`;
    case 'commands':
      return part.lines.map((line) => `    ${visible(line)}`).join('\n');
  }
}
