import type { PackDocument, PackTable } from './statement.js';

// eslint-disable-next-line no-control-regex -- which these are is the point
const unseen = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Text of others (ids, reasons, names of columns) in a page for people: nothing in it becomes markup, starts a line, or
 * turns the direction of what is around it.
 */
export function plain(text: string): string {
  return text.replace(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function html(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The same, with what stands between backticks as code. */
export function htmlWithCode(text: string): string {
  return html(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

/** Of Markdown (CommonMark 0.31, section 2.4) what would be markup is escaped; what stands between backticks is code. */
function markdown(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? code(part.slice(1, -1)) : escapedIn(part)))
    .join('');
}

function escapedIn(text: string): string {
  return plain(text).replace(/[\\`*_[\]<>|#~]/g, '\\$&');
}

/** A command or digest, as code: a fence is longer than any run of backticks in it. */
function code(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => (run.length > most ? run.length : most), 0);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${longest > 0 ? ' ' : ''}${plain(text).replaceAll('|', '\\|')}${longest > 0 ? ' ' : ''}${fence}`;
}

/** A part of a pack for people. */
export function markdownOf(document: PackDocument): string {
  const { title, runId, contributes, statements, tables, files } = document;
  return (
    [
      `# ${markdown(title)}`,
      `Run ${code(runId)}. It contributes: ${markdown(contributes)}.`,
      ...listed('What it does not show', document.doesNotShow),
      ...listed('What this run does not have', document.lacking),
      ...listed('What needs a person', document.needsPerson),
      '## Statements',
      statements
        .map(
          ({ says, command, pointer, expect }) =>
            `- ${markdown(says)}\n  ${code(command)} prints at ${code(pointer)}: ${code(shortened(JSON.stringify(expect)))}`,
        )
        .join('\n'),
      ...tables.flatMap((table) => [
        `## ${markdown(table.caption)}`,
        tableOf(table),
        `Digest of its rows: ${code(table.digest)}`,
      ]),
      ...(Object.keys(files).length === 0
        ? []
        : [
            '## Files',
            Object.entries(files)
              .map(([file, digest]) => `- ${code(`${digest}  ${file}`)}`)
              .join('\n'),
          ]),
    ].join('\n\n') + '\n'
  );
}

function listed(heading: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${heading}`, items.map((item) => `- ${markdown(item)}`).join('\n')];
}

function tableOf({ head, rows }: PackTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdown).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** A long list stands whole in the JSON beside. */
function shortened(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 400)}... (whole in the JSON file)`;
}
