import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from '@fedward/core';
import { format, resolveConfig } from 'prettier';
import { describePlugin } from '../../packages/sim-healthcare/src/plugins/describe-plugin.ts';
import { publishedPackages, root } from '../packages/published.ts';

/**
 * Writes the catalogue of plugins that come with fedward: what each package's `plugins` export says. `npm run
 * plugins:catalogue`; a test of sim-healthcare holds the two together.
 */
const file = join(root, 'packages/sim-healthcare/src/plugins/catalogue.ts');
const installed = JSON.parse(readFileSync(join(root, 'packages/sim-healthcare/package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

const entries: string[] = [];
for (const { folder, manifest } of publishedPackages()) {
  const { name } = manifest;
  if (!(name in installed.dependencies) || !existsSync(join(root, folder, 'src/plugins.ts'))) continue;
  const { plugins } = (await import(name)) as { readonly plugins: readonly Plugin[] };
  const described = plugins.map((plugin) => JSON.stringify(describePlugin(plugin))).join(',\n');
  entries.push(
    `{ package: ${JSON.stringify(name)}, load: () => import(${JSON.stringify(name)}), plugins: [${described}] }`,
  );
}

const before = readFileSync(file, 'utf8');
const begin = '// --- generated: npm run plugins:catalogue ---\n';
const kept = before.slice(0, before.indexOf(begin) + begin.length);
const text = `${kept}export const catalogue: readonly CatalogueEntry[] = [${entries.join(',\n')}];\n`;
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'typescript' }));
