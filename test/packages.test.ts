import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bringsCore,
  goesWith,
  originOf,
  publishedPackages,
  root,
  sharedKeywords,
} from '../tools/packages/published.ts';

const packages = publishedPackages();
const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));
const licence = readFileSync(join(root, 'LICENSE'));

it('the licence is the EUPL 1.2 as the European Commission publishes it', () => {
  const digest = createHash('sha256').update(licence).digest('hex');
  expect(digest).toBe('6fc9e709ccbfe0d77fbffa2427a983282be2eb88e47b1cdb49f21a83b4d1e665');
});

it('a range has the versions from its own to the next that may break', () => {
  for (const version of ['0.1.2', '0.1.3', '0.1.10']) expect(goesWith('^0.1.2', version), version).toBe(true);
  for (const version of ['0.1.1', '0.2.0', '0.2.3', '0.0.9', '1.1.2']) expect(goesWith('^0.1.2', version)).toBe(false);
  for (const version of ['1.2.3', '1.2.4', '1.3.0']) expect(goesWith('^1.2.3', version), version).toBe(true);
  for (const version of ['1.2.2', '1.1.9', '2.0.0', '0.9.9']) expect(goesWith('^1.2.3', version)).toBe(false);
  for (const range of ['0.1.0', '~0.1.0', '*', '>=0.1.0', '^0.1']) expect(goesWith(range, '0.1.0'), range).toBe(false);
});

it('packages that go to npm have one version', () => {
  expect(packages.length).toBeGreaterThan(10);
  expect(new Set(versions.values()).size).toBe(1);
});

/** `npm run packages:complete` puts right what fails here. */
describe.each(packages.map(({ folder, manifest }) => [folder, manifest] as const))('%s', (folder, manifest) => {
  it('has the licence, by name and in full', () => {
    expect(manifest['license']).toBe('EUPL-1.2');
    expect(readFileSync(join(root, folder, 'LICENSE')).equals(licence)).toBe(true);
  });

  it('says where it comes from and how it is published', () => {
    expect(manifest).toMatchObject(originOf(folder));
    expect(manifest.keywords).toEqual(expect.arrayContaining(sharedKeywords));
    expect(manifest.keywords!.length).toBeGreaterThan(sharedKeywords.length); // what it is itself
  });

  it('goes with a range of versions of the others', () => {
    const { dependencies, peerDependencies, devDependencies } = manifest;
    const ranges = [dependencies, peerDependencies, devDependencies].flatMap((those) => Object.entries(those ?? {}));
    for (const [name, range] of ranges)
      if (versions.has(name)) expect(goesWith(range, versions.get(name)!), `${name} ${range}`).toBe(true);
  });

  it('brings a core of its own only where it is a program', () => {
    const has = (dependencies: object = {}) => '@fedward/core' in dependencies;
    const { dependencies, peerDependencies, devDependencies } = manifest;
    if (bringsCore(manifest)) expect(has(peerDependencies)).toBe(false);
    else {
      expect(has(dependencies)).toBe(false);
      expect(has(peerDependencies)).toBe(has(devDependencies));
    }
  });
});
