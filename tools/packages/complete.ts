import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bringsCore,
  goesWith,
  originOf,
  publishedPackages,
  rangeOf,
  root,
  sharedKeywords,
  type Manifest,
} from './published.ts';

/**
 * Gives each package what every package has: origin, publishing, the shared keywords, ranges for packages of this
 * workspace, core as a peer, and the licence. `npm run packages:complete`; test/packages.test.ts holds it.
 */
const packages = publishedPackages();
const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));

type Dependencies = Record<string, string>;

function withRanges(dependencies: Dependencies = {}): Dependencies {
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => {
      const version = versions.get(name);
      return [name, version === undefined || goesWith(range, version) ? range : rangeOf(version)];
    }),
  );
}

const sorted = (dependencies: Dependencies) => Object.fromEntries(Object.entries(dependencies).sort());

function completed(folder: string, manifest: Manifest): object {
  const { dependencies, peerDependencies, peerDependenciesMeta, devDependencies, ...rest } = manifest;
  const brought = withRanges(dependencies);
  const shared = withRanges(peerDependencies);
  const forTests = withRanges(devDependencies);
  const core = brought['@fedward/core'];
  if (core !== undefined && !bringsCore(manifest)) {
    delete brought['@fedward/core'];
    shared['@fedward/core'] = forTests['@fedward/core'] = core;
  }
  const keywords = [...new Set([...sharedKeywords, ...(manifest.keywords ?? [])])];
  return {
    ...before(rest, 'type', { keywords, ...originOf(folder) }),
    ...(Object.keys(brought).length > 0 && { dependencies: sorted(brought) }),
    ...(Object.keys(shared).length > 0 && { peerDependencies: sorted(shared) }),
    ...(peerDependenciesMeta !== undefined && { peerDependenciesMeta }),
    ...(Object.keys(forTests).length > 0 && { devDependencies: sorted(forTests) }),
  };
}

/** `members` with others put in before `key`: what a package is comes first, what it is made of last. */
function before(members: object, key: string, others: object): object {
  const left = Object.entries(members).filter(([name]) => !(name in others));
  const at = left.findIndex(([name]) => name === key);
  return Object.fromEntries([...left.slice(0, at), ...Object.entries(others), ...left.slice(at)]);
}

for (const { folder, manifest } of packages) {
  copyFileSync(join(root, 'LICENSE'), join(root, folder, 'LICENSE'));
  writeFileSync(join(root, folder, 'package.json'), `${JSON.stringify(completed(folder, manifest), null, 2)}\n`);
}
