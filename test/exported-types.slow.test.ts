import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../packages', import.meta.url));

/** Files from which other packages and users import: each entry of a package's exports. */
function entriesOf(folder: string): string[] {
  const { exports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports?: object };
  return Object.keys(exports)
    .map((key) => key.replace(/^\.\/?/, ''))
    .flatMap((name) => [join(folder, 'src', name, 'index.ts'), join(folder, 'src', `${name}.ts`)])
    .filter((file) => existsSync(file));
}

const parse = (file: string) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);

/** Names that a file exports, by its own statements and by those that pass on another's. */
function exportedBy(file: string): string[] {
  return parse(file).statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause))
      return statement.exportClause.elements.map(({ name }) => name.text);
    return isType(statement) ? [statement.name!.text] : [];
  });
}

function isType(node: ts.Node): node is ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.ClassDeclaration {
  const type = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
  return type && (node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);
}

/** Exported types of a package's sources that have no comment of their own. */
function uncommented(folder: string): string[] {
  const src = join(folder, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(src, name));
  return files.flatMap((file) =>
    parse(file)
      .statements.filter(isType)
      .filter((node) => ts.getJSDocCommentsAndTags(node).length === 0)
      .map((node) => node.name!.text),
  );
}

it.each(readdirSync(packages))('every type that %s exports has a comment of its own', (name) => {
  const folder = join(packages, name);
  const exported = new Set(entriesOf(folder).flatMap(exportedBy));
  expect(exported.size).toBeGreaterThan(0);
  expect(uncommented(folder).filter((type) => exported.has(type))).toEqual([]);
});
