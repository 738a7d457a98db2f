import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { publishedPackages } from '../tools/packages/published.ts';
import { natsServer } from '../tools/testing/nats-hub.ts';
import { temporaryFolder } from './support/command.ts';
import { ownNetwork } from './support/own-network.ts';
import { runLine, shellLines, writeShownFiles } from './support/guide.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const data = process.env['FEDWARD_DATA'];

const isCommand = (line: string) => line.startsWith('npx fedward ');
const lines = shellLines(readme);
const commands = lines.filter(isCommand);

/** Those of the packages' READMEs; the benchmarks' take minutes each, to measure. */
const ofPackages = publishedPackages()
  .filter(({ folder }) => folder.startsWith('packages/'))
  .map(({ folder }) => ({ folder, text: readFileSync(join(root, folder, 'README.md'), 'utf8') }))
  .map(({ folder, text }) => ({ folder, text, commands: shellLines(text).filter(isCommand) }))
  .filter((readme) => readme.commands.length > 0);

/** A folder such as a reader has: two hospitals, and beside it the file of a third. The README says how they get their schema. */
function ownData(folder: string, name = 'own'): string {
  const own = join(folder, name);
  mkdirSync(own);
  const rows = (from: number) =>
    Array.from({ length: 60 }, (_, i) => `${30 + ((from + 7 * i) % 50)},${i % 2}`).join('\n');
  writeFileSync(join(own, 'north.csv'), `age,ill\n${rows(1)}\n`);
  writeFileSync(join(own, 'south.csv'), `age,ill\n${rows(2)}\n`);
  writeFileSync(join(folder, 'west.csv'), `age,ill\n${rows(3)}\n`);
  return own;
}

/** What the READMEs of packages name: a folder of hospitals, and one table with its schema. */
function ownFiles(folder: string): void {
  const own = ownData(folder, 'DATA');
  writeFileSync(join(folder, 'table.csv'), readFileSync(join(own, 'north.csv')));
  const classes = [0, 1].map((value) => ({ name: String(value), values: [value] }));
  const schema = { columns: [{ name: 'age', kind: 'numeric' }], label: { name: 'ill', kind: 'class', classes } };
  writeFileSync(join(folder, 'schema.json'), JSON.stringify(schema));
}

describe('the commands of the README', () => {
  it('are found', () => {
    expect(commands.length).toBeGreaterThan(12);
    for (const line of lines) expect(line).toMatch(/^(npx fedward|npm|npx nx|FEDWARD_)/);
  });

  it('run as they stand, in their order', { timeout: 600_000 }, async () => {
    const folder = temporaryFolder();
    const own = ownData(folder);
    writeFileSync(join(folder, 'network.onnx'), ownNetwork());
    const needsSets = /--scenario (heart-disease|parkinsons|ecg|tcga-brca|pneumonia)/;
    const needsRun = /runs\/network/; // of data that may not be there
    for (const line of commands) {
      if ((needsSets.test(line) || needsRun.test(line)) && !data) continue;
      if (line === 'npx fedward demo' && !natsServer) continue;
      const { code, output } = await runLine(line.replaceAll('DIR', needsSets.test(line) ? data! : own), folder);
      expect(code, `${line}\n${output}`).toBe(0);
    }
  });
});

describe('the commands of the READMEs of packages', () => {
  it('are found', () => {
    expect(ofPackages.flatMap((readme) => readme.commands).length).toBeGreaterThan(4);
  });

  it.each(ofPackages)(
    '$folder: run as they stand, in their order',
    { timeout: 600_000 },
    async ({ text, commands }) => {
      const folder = temporaryFolder();
      ownFiles(folder);
      for (const line of commands) {
        writeShownFiles(text, folder);
        const { code, output } = await runLine(line, folder);
        expect(code, `${line}\n${output}`).toBe(0);
      }
    },
  );
});

it('npm start passes on what follows --', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
  // npm appends it to the end of the line, which must be the command's.
  expect(scripts.start).toMatch(/dist\/cli\.js simulate [^&|;]*$/);
  const folder = temporaryFolder();
  const simulate = scripts.start.replace(/^.*cli\.js/, 'npx fedward');
  const { code, output } = await runLine(`${simulate} --privacy none --rounds 1 --no-local`, folder);
  expect(code, output).toBe(0);
  expect(output).toContain('Privacy: none');
});
