import { canonicalJson, FedwardError, planHash, version as coreVersion } from '@fedward/core';
import type { TeamPlugins } from '@fedward/sim-healthcare';
import type { Study } from '@fedward/transport-nats';
import packageJson from '../../package.json' with { type: 'json' };

/** What a study's rounds are computed by: versions of packages, and digests of a team's own plugins, by name. */
export type StudySoftware = Readonly<Record<string, string>>;

/** What is installed here. */
export function softwareHere(team: readonly Pick<TeamPlugins, 'name' | 'version' | 'digest'>[] = []): StudySoftware {
  const own = team.map(({ name, version = 'unknown', digest = '' }) => [name, `${version} ${digest}`.trim()]);
  return { '@fedward/core': coreVersion, [packageJson.name]: packageJson.version, ...Object.fromEntries(own) };
}

/** A study as it was proposed. */
interface BegunStudy {
  readonly study: Study;
  readonly planHash: string;
  readonly software: StudySoftware;
}

/**
 * Refuses to go on with a study on anything but what it was approved with: plan, members' list, software. Patch numbers of
 * fedward's own packages may differ: these give the same bits.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming all that differs
 */
export function assertSameStudy(
  { study, planHash: begun, software }: BegunStudy,
  kept: { readonly study: unknown },
  here: StudySoftware,
): void {
  const differences = [
    ...(planHash(study.plan) === begun ? [] : ['its plan was changed']),
    ...(canonicalJson(kept.study) === canonicalJson(study) ? [] : ['its study.json is not the one that was proposed']),
    ...[...new Set([...Object.keys(software), ...Object.keys(here)])].flatMap((name) => {
      const [was, is] = [software[name], here[name]];
      if (was === undefined) return [`it was begun without ${name}`];
      if (is === undefined) return [`it was begun with ${name} ${was}, which is not here`];
      return lineOf(name, was) === lineOf(name, is) ? [] : [`it was begun by ${name} ${was}, this is ${is}`];
    }),
  ];
  if (differences.length === 0) return;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `study ${study.id} can't be gone on with: ${differences.join('; ')}. Bring back what hospitals have approved, or ` +
      'propose a new study',
    study.id,
  );
}

function lineOf(name: string, version: string): string {
  return name.startsWith('@fedward/') ? version.split('.').slice(0, 2).join('.') : version;
}
