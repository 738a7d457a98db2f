import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from './support/command.ts';
import { runLine, shellLines, writeShownFiles } from './support/guide.ts';

const guide = readFileSync(new URL('../docs/evidence.md', import.meta.url), 'utf8');

/** Three hospitals with records enough for the policy that the guide shows, and a schema that knows ranges beforehand. */
function study(folder: string): void {
  mkdirSync(join(folder, 'DIR'));
  for (const [n, name] of ['north', 'south', 'west'].entries()) {
    const rows = Array.from({ length: 60 }, (_, i) => `${name}-${i},${30 + ((n + 7 * i) % 50)},${i % 3 === 0 ? 1 : 0}`);
    writeFileSync(join(folder, 'DIR', `${name}.csv`), `patient,age,ill\n${rows.join('\n')}\n`);
  }
  const classes = [0, 1].map((value) => ({ name: String(value), values: [value] }));
  const columns = [{ name: 'age', kind: 'numeric', range: [0, 110] }];
  const schema = { columns, label: { name: 'ill', kind: 'class', classes }, patientId: 'patient' };
  writeFileSync(join(folder, 'DIR/schema.json'), JSON.stringify(schema));
}

it('the commands of the guide to evidence run as they stand, in their order', async () => {
  const folder = temporaryFolder();
  study(folder);
  const lines = shellLines(guide);
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) {
    writeShownFiles(guide, folder);
    const { code, output } = await runLine(line, folder);
    expect(code, `${line}\n${output}`).toBe(0);
  }
});
