import type { BundleManifest } from '@fedward/model-bundle';
import type { Port } from '@fedward/kit-onnx';
import type { OnnxModel } from './to-onnx.js';

type Ports = Pick<OnnxModel, 'inputs' | 'outputs'>;

/** What the graph takes and gives, for programs: names, types, shapes ('N': rows), and what each means. */
export function portsJson({ title, intendedUse }: BundleManifest, { inputs, outputs }: Ports) {
  return { schemaVersion: 1 as const, title, intendedUse, inputs, outputs };
}

/** The same for people, as Markdown. */
export function portsMarkdown({ title, intendedUse }: BundleManifest, { inputs, outputs }: Ports): string {
  return [
    `# ${title}: inputs and outputs`,
    ...(intendedUse === null ? [] : ['', intendedUse]),
    '',
    'Raw columns go in, one tensor a column; N is the number of rows. A row that fedward would refuse (a value that is',
    'missing or not allowed where none may be, a level that is not declared) has NaN for a prediction, label -1, and an',
    'empty class.',
    ...['', '## Inputs', '', ...table(inputs)],
    ...['', '## Outputs', '', ...table(outputs), ''],
  ].join('\n');
}

function table(ports: readonly Port[]): string[] {
  const rows = ports.map(
    ({ name, type, shape, meaning }) => `| ${cell(name)} | ${type} | [${shape.join(', ')}] | ${cell(meaning)} |`,
  );
  return ['| name | type | shape | meaning |', '| --- | --- | --- | --- |', ...rows];
}

/** Names of columns and levels are others' text: none of it is to end a cell, or to be HTML. */
function cell(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
