import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from '@fedward/sim-healthcare/catalogue';
import ts from 'typescript';
import { expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../..', import.meta.url));
const names = new Set(catalogue.flatMap(({ plugins }) => plugins.map(({ name }) => name)));
/** Names that are no words of a language: in longer texts they can only mean the plugin. */
const unmistakable = [...names].filter((name) => name.includes('-') || /^fed|^tfjs$|^wasm$/.test(name));

/** Where a name of a plugin means something else, or has to stand. */
const allowed: Readonly<Record<string, string>> = {
  'sim-healthcare/src/plugins/catalogue.ts': 'the catalogue',
  'cli/src/privacy/privacy-command.ts': 'kinds of noise, of which one is called as an accountant',
  'cli/src/model/import-action.ts': 'which aggregator the norms of a network are for',
  'cli/src/model/export-command.ts': 'a file format of the same name as a trainer',
  'cli/src/model/export-action.ts': 'a file format of the same name as a trainer',
  'sim-healthcare/src/wiring/trainers.ts': 'which trainer predicts with a stored model: the fast one where it can',
  'sim-healthcare/src/report/sections/hospitals-section.ts': "a bar of a plot: a hospital's model of its own",
  'sim-healthcare/src/run/deploy.ts': "a hospital's model of its own",
  // A benchmark is of what it names, and stays what it was when a default changes.
  '../bench/src/benchmarks/tutorial.ts': "the tutorial's own mechanism, which is compared with its program",
  '../bench/src/benchmarks/dp-overhead.ts': 'what one mechanism costs',
  '../bench/src/benchmarks/dp-workloads.ts': 'the plan of the trainer that it measures',
  '../bench/src/benchmarks/imaging.ts': 'an epoch of one trainer, beside PyTorch',
  '../bench/src/benchmarks/imaging-workloads.ts': 'the plans of that trainer',
  '../bench/src/benchmarks/networks.ts': 'what it says of the trainers that it measures',
  '../bench/src/benchmarks/networks-workloads.ts': 'the plans of these trainers',
  '../bench/src/benchmarks/secagg.ts': 'what secure aggregation costs',
  '../bench/src/benchmarks/secagg-round.ts': 'the rounds whose cost that is',
  '../bench/src/deployment/deployment.ts': "the peers' workload, as they have it",
  '../bench/src/fedbuff/settings.ts': 'the aggregator that it measures',
  '../bench/src/personal/settings.ts': 'the strategies that it compares',
  '../bench/src/personal/train.ts': 'the plans of these',
  '../bench/src/personal/trial.ts': 'a model that is trained alone',
  '../bench/src/personal/personal.ts': 'what it says of them',
  '../bench/src/fedbuff/fedbuff.ts': 'the benchmark of that name',
  '../bench/src/flamby/methods.ts': 'the training of one site alone',
  '../bench/src/report/tables.ts': 'a column: the median of samples',
  '../bench/src/robust/settings.ts': 'the rules that are compared',
  '../bench/src/robust/run.ts': 'the trainer of all of them',
  '../bench/src/benchmarks/peers-workload.ts': 'the work that peers do too, word by word',
};

function filesOf(folder: string): string[] {
  const all = readdirSync(join(packages, folder), { recursive: true, encoding: 'utf8' });
  return all
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing\//.test(name))
    .map((name) => join(packages, folder, name));
}

/** The literals of a file, and the names of its members, that are a plugin's name or hold one. */
function namesIn(path: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  const visit = (node: ts.Node): void => {
    // Modules and types: of those only the names of members, such as `Omit<Options, 'local'>`.
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
    if (ts.isPropertyAssignment(node) && unmistakable.includes(node.name.getText())) found.push(node.name.getText());
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node)
    ) {
      const words = node.text.split(/[^a-z0-9-]+/i);
      if (names.has(node.text) || unmistakable.some((name) => words.includes(name))) found.push(node.text);
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

it('no name of a plugin stands outside its package, its tests and the catalogue', () => {
  const files = ['cli/src', 'sim-healthcare/src', '../bench/src'].flatMap(filesOf);
  expect(files.length).toBeGreaterThan(110);
  const found = files.flatMap((path) => {
    const file = relative(packages, path).replaceAll('\\', '/');
    return file in allowed ? [] : namesIn(path).map((name) => `${file}: ${name}`);
  });
  expect(found).toEqual([]);
});

it('no file is allowed names that it does not have', () => {
  expect(Object.keys(allowed).filter((file) => namesIn(join(packages, file)).length === 0)).toEqual([]);
});

it('a name would be found', () => {
  expect(namesIn(join(packages, 'sim-healthcare/src/plugins/catalogue.ts'))).toEqual(
    expect.arrayContaining([...names]),
  );
});
