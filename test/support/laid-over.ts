import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tools/packages/published.ts';

/** A temporary folder in which this workspace seems to lie, for packages that are not to be made in it. */
export interface LaidOver {
  readonly folder: string;
  /** Lets the package of this folder be imported by its name, as `npm install` does. */
  install(folder: string, name: string): void;
  remove(): void;
}

/**
 * Packages and libraries are links to those that are here; what is configured by place is copied, so that it means the
 * temporary folder.
 */
export function laidOver(): LaidOver {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-workspace-'));
  const linkAll = (path: string, except: readonly string[] = []) => {
    mkdirSync(join(folder, path), { recursive: true });
    for (const name of readdirSync(join(root, path)))
      if (!except.includes(name)) symlinkSync(join(root, path, name), join(folder, path, name));
  };
  linkAll('packages');
  linkAll('node_modules', ['@fedward', '.vite', '.vitest', '.cache']);
  linkAll('node_modules/@fedward');
  symlinkSync(join(root, 'bench'), join(folder, 'bench'));
  for (const tools of ['packages', 'testing', 'wasm'])
    cpSync(join(root, 'tools', tools), join(folder, 'tools', tools), { recursive: true });
  mkdirSync(join(folder, 'test'));
  copyFileSync(join(root, 'test/packages.test.ts'), join(folder, 'test/packages.test.ts'));
  for (const name of [
    'LICENSE',
    'nx.json',
    'package.json',
    'tsconfig.base.json',
    'tsup.config.base.ts',
    'vitest.config.ts',
  ])
    copyFileSync(join(root, name), join(folder, name));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: './tsconfig.base.json',
      compilerOptions: { customConditions: ['fedward-source'] },
      include: [],
    }),
  );
  return {
    folder,
    install: (package_, name) => symlinkSync(package_, join(folder, 'node_modules', name)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
