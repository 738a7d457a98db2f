import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin, PluginKind } from '@fedward/core';
import { bringsCore, root, type Manifest } from '../packages/published.ts';

/**
 * The package of this workspace that has a plugin of this kind and name, by what it registers: names of packages say
 * nothing of it. Sources are loaded, so that nothing has to be built.
 */
export async function ownerOf(kind: PluginKind, name: string): Promise<string | undefined> {
  for (const folder of readdirSync(join(root, 'packages'))) {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest;
    const entry = join(root, 'packages', folder, 'src/plugins.ts');
    if (bringsCore(manifest) || !existsSync(entry)) continue;
    const { plugins = [] } = (await import(pathToFileURL(entry).href)) as { plugins?: readonly Plugin[] };
    if (plugins.some((plugin) => plugin.kind === kind && plugin.name === name)) return manifest.name;
  }
  return undefined;
}
