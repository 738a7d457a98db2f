import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../tools/packages/published.ts';
import { examplesIn, filesFor, readmeExamples } from './support/readme-examples.ts';

const data = process.env['FEDWARD_DATA'];
const examples = readmeExamples();

/** In this workspace, so that the examples import the built packages by their names, as a user's program does. */
const folder = mkdtempSync(join(root, 'test/.readmes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
};

/** Writes programs and the files that they find beside them, and compiles all at once; gives what the compiler says. */
function compiled(): string[] {
  for (const name of new Set(examples.map((example) => example.package))) {
    mkdirSync(join(folder, name));
    for (const file of filesFor(name)) copyFileSync(file, join(folder, name, basename(file)));
    symlinkSync(join(root, 'node_modules'), join(folder, name, 'node_modules'));
    if (data) symlinkSync(data, join(folder, name, 'data'));
  }
  const files = examples.map(({ name, package: package_, source }) => {
    const file = join(folder, package_, `${name}.ts`);
    writeFileSync(file, source);
    return file;
  });
  const program = ts.createProgram(files, options);
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : '';
    return `${file ? basename(file.fileName) : ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

const withoutSpace = (text: string) => text.replace(/\s/g, '');

describe('the examples of the READMEs', () => {
  let faults: string[] = [];
  beforeAll(() => {
    faults = compiled();
  });

  it('are found', () => {
    expect(examples.length).toBeGreaterThan(15);
    expect(examples.filter(({ prints }) => prints.length > 0).length).toBeGreaterThan(8);
  });

  it('compile against the built packages', () => {
    expect(faults).toEqual([]);
  });

  for (const { name, package: package_, needsData, prints } of examples)
    it.skipIf(needsData && !data)(`${name} runs and prints what it says`, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [`${name}.js`], {
        cwd: join(folder, package_),
        encoding: 'utf8',
        timeout: 600_000,
      });
      expect(status, stdout + stderr).toBe(0);
      let rest = withoutSpace(stdout);
      for (const text of prints) {
        const at = rest.indexOf(withoutSpace(text));
        expect(at, `${text}\nis not, or not in this order, in\n${stdout}`).toBeGreaterThanOrEqual(0);
        rest = rest.slice(at + withoutSpace(text).length);
      }
    });
});

it('what a block is marked with is known', () => {
  const block = (words: string, source: string) => `\`\`\`ts${words}\n${source}\n\`\`\`\n`;
  const two = block('', 'const a = 1;') + block(' continued', 'console.log(a); // 1') + block(' data', 'f();');
  expect(examplesIn(two, 'x')).toEqual([
    { name: 'x-1', package: 'x', source: 'const a = 1;\n\nconsole.log(a); // 1\n', needsData: false, prints: ['1'] },
    { name: 'x-2', package: 'x', source: 'f();\n', needsData: true, prints: [] },
  ]);
  expect(() => examplesIn(block(' skip', ''), 'x')).toThrow('skip');
  expect(() => examplesIn(block(' continued', ''), 'x')).toThrow('continues none');
});
