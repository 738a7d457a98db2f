import { read as readConfig } from '@changesets/config';
import applyReleasePlan from '@changesets/apply-release-plan';
import getReleasePlan from '@changesets/get-release-plan';
import type { ReleasePlan, VersionType } from '@changesets/types';
import { getPackages } from '@manypkg/get-packages';

/**
 * `changeset version`, but for one rule: changesets 2 takes a minor version of a peer for a reason to go to the next
 * major, and so would make 1.0.0 of 0.1.0 (decision 061). Here the packages that share a version go as far as their
 * changesets say. `npm run release:version [FOLDER]`.
 */
const order: readonly VersionType[] = ['none', 'patch', 'minor', 'major'];

/** The plan with packages of one version moved as far as the furthest of the changesets of any of them. */
export function asDeclared(plan: ReleasePlan, fixed: readonly string[]): ReleasePlan {
  const declared = plan.changesets.flatMap(({ releases }) => releases.filter(({ name }) => fixed.includes(name)));
  const type = order[Math.max(0, ...declared.map((release) => order.indexOf(release.type)))]!;
  return {
    ...plan,
    releases: plan.releases.map((release) =>
      fixed.includes(release.name) && order.indexOf(release.type) > order.indexOf(type)
        ? { ...release, type, newVersion: moved(release.oldVersion, type) }
        : release,
    ),
  };
}

/** `version`, which is three numbers, one step of `type` further. */
function moved(version: string, type: VersionType): string {
  const numbers = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (!numbers) throw new Error(`${version} is no version of three numbers: leave the pre-release first`);
  const [major, minor, patch] = numbers.slice(1).map(Number) as [number, number, number];
  if (type === 'major') return `${major + 1}.0.0`;
  if (type === 'minor') return `${major}.${minor + 1}.0`;
  return type === 'patch' ? `${major}.${minor}.${patch + 1}` : version;
}

const folder = process.argv[2] ?? process.cwd();
const packages = await getPackages(folder);
const config = await readConfig(folder, packages);
const plan = asDeclared(await getReleasePlan(folder, undefined, config), config.fixed.flat());
const files = await applyReleasePlan(plan, packages, config);
for (const { name, oldVersion, newVersion } of plan.releases)
  if (newVersion !== oldVersion) process.stdout.write(`${name} ${oldVersion} -> ${newVersion}\n`);
process.stdout.write(`${files.length} files written; npm install brings package-lock.json along\n`);
