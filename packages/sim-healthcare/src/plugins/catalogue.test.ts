import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue, defaultPlugins } from './catalogue.js';
import { describePlugin } from './describe-plugin.js';

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const { dependencies } = JSON.parse(readFileSync(file('package.json'), 'utf8')) as { dependencies: object };

describe('the catalogue (npm run plugins:catalogue)', () => {
  it.each(catalogue.map((entry) => [entry.package, entry] as const))('tells what %s exports', async (_, entry) => {
    const { plugins } = await entry.load();
    expect(entry.plugins).toEqual(JSON.parse(JSON.stringify(plugins.map(describePlugin))));
  });

  it('has all packages of plugins that are installed with this one', () => {
    const ours = Object.keys(dependencies).filter((name) => name.startsWith('@fedward/'));
    const withPlugins = ours.filter((name) => existsSync(file(`../${name.slice('@fedward/'.length)}/src/plugins.ts`)));
    expect(withPlugins.length).toBeGreaterThan(3);
    expect(catalogue.map((entry) => entry.package).sort()).toEqual(withPlugins.sort());
  });

  it('has each name once of a kind, and those that a plan has by default', () => {
    const names = catalogue.flatMap(({ plugins }) => plugins.map(({ kind, name }) => `${kind} ${name}`));
    expect(new Set(names).size).toBe(names.length);
    for (const [kind, name] of Object.entries(defaultPlugins)) expect(names).toContain(`${kind} ${name}`);
  });
});
