import { readdir, readFile } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { canonicalJson, sha256 } from '@fedward/core';

/** Not of a package itself: what is installed below it, and its history. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** SHA-256 over the names and the bytes of all files in a package's folder, but for `node_modules` and `.git`. */
export async function digestPackage(folder: string): Promise<string> {
  return digestFiles(await filesBelow(folder), folder);
}

/**
 * SHA-256 over the names and the bytes of a file and of all that it imports by a relative path, and what these import. What
 * it imports by the name of a package, by a path that is put together, or reads as it runs is not in it.
 */
export async function digestModule(file: string): Promise<string> {
  const files = new Set([file]);
  // A set gives what is added to it while it is gone through.
  for (const each of files) for (const imported of await importsOf(each)) files.add(imported);
  return digestFiles([...files], dirname(file));
}

/** By their names as seen from a folder, so that they may lie elsewhere. */
async function digestFiles(files: readonly string[], folder: string): Promise<string> {
  const digests: Record<string, string> = {};
  for (const file of files) digests[relative(folder, file).split(sep).join('/')] = sha256(await readFile(file));
  return `sha256:${sha256(canonicalJson(digests))}`;
}

/** Links are followed to files, not to folders: what is linked there is another's. */
async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) files.push(...(await filesBelow(path)));
    } else if (isFile(path)) files.push(path);
  }
  return files;
}

/** `import x from './a.js'`, `import './a.js'`, `export * from`, `import('./a.js')`, `require('./a')`, `new URL('./a', ...)`. */
const specifiers = /\b(?:from|import|require|URL)\s*\(?\s*(['"`])(\.{1,2}\/[^'"`\n]+)\1/g;
/** What Node.js, or a loader of TypeScript, tries behind a path that is no file. */
const endings = ['', '.js', '.mjs', '.cjs', '.ts', '.json', '.node', '/index.js', '/index.cjs', '/index.ts'];

/** Those that are there: in a comment or a text may stand anything. */
async function importsOf(file: string): Promise<string[]> {
  if (!/\.([cm]?[jt]sx?)$/.test(file)) return [];
  const text = await readFile(file, 'utf8');
  return [...text.matchAll(specifiers)].flatMap(([, , specifier]) => {
    const path = pathOf(specifier!, file);
    if (path === undefined) return [];
    const stem = path.replace(/\.([cm]?)js$/, '.$1ts');
    const found = [...endings.map((ending) => path + ending), stem].find(isFile);
    return found === undefined ? [] : [found];
  });
}

/** Undefined for what is no path, such as one with a `%` of its own. */
function pathOf(specifier: string, file: string): string | undefined {
  try {
    return fileURLToPath(new URL(specifier, pathToFileURL(file)));
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
