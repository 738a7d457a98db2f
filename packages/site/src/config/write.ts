import { join, resolve } from 'node:path';
import { FedwardError } from '@fedward/core';
import { createFileAtomic } from '@fedward/kit-files';
import { stringify } from 'yaml';
import { configName } from './files.js';
import { defaultPolicy } from './policy.js';
import { parseSiteConfig, type SiteConfigInput } from './schema.js';

/** What is known when a site is made. What else there is gets its default, and may be given. */
export type KnownOfSite = Pick<SiteConfigInput, 'federation' | 'id' | 'coordinator' | 'hub'> &
  Partial<Omit<SiteConfigInput, 'schemaVersion'>>;

/**
 * Writes a site's configuration, with comments for whoever goes on with it.
 * @returns its path
 * @throws {FedwardError} CONFIG_INVALID naming the key, or where the folder has a configuration already; STORAGE_FAILED
 */
export async function writeSiteConfig(folder: string, known: KnownOfSite): Promise<string> {
  parseSiteConfig({ schemaVersion: 1, ...known });
  const path = join(resolve(folder), configName);
  if (!(await createFileAtomic(path, siteConfigText(known))))
    throw new FedwardError(
      'CONFIG_INVALID',
      `there is a site in ${folder} already: ${path} is not overwritten`,
      'folder',
    );
  return path;
}

/** The text of `site.yaml`. */
export function siteConfigText(known: KnownOfSite): string {
  const { policy = { ...defaultPolicy(known.noise ?? 'secret'), update: undefined } } = known;
  return [
    "# A hospital's daemon: `fedward site start --folder` this one. Keys: packages/site/README.md. Paths may be relative to this folder.",
    section({ schemaVersion: 1 }),
    section({ federation: known.federation, id: known.id }),
    '# By which the coordinator signs whatever it asks. It came with the invitation: compare its fingerprint on another channel.',
    section({ coordinator: known.coordinator }),
    '# All connections go out, to these. Where only a proxy gets out: wss:// and `proxy: { url: http://proxy:3128, user, passwordFile }`.',
    section({ hub: known.hub }),
    "# The hospital's key signs its log, its ledger and all that it sends. `passphraseFile` names a file with its passphrase.",
    section({ keys: known.keys ?? { folder: 'keys' } }),
    '# Which records take part. Nothing runs before this is said: a table with its schema (docs/data.md), such as',
    '#   data: { table: /srv/study/patients.csv, schema: /srv/study/schema.json }',
    '# or a scenario that comes with fedward: data: { scenario: heart-disease, hospital: cleveland, folder: /srv/data }',
    known.data ? section({ data: known.data }) : '# data:',
    "# The hospital's own rules, whatever a plan says (packages/compliance), or the file that has them: policy: policy.yaml",
    section({ policy }),
    '# Who lets a plan in. `by-hand`: `fedward site approve`. Or signed notes (`fedward plan approve`) by the owners of',
    '# these keys: approvals: { people: 2, keys: [anna+1234abcd+..., ben+...] }',
    section({ approvals: known.approvals ?? 'by-hand' }),
    '# `seeded` is for simulations: whoever knows the plan can then take the noise off.',
    section({ noise: known.noise ?? 'secret' }),
    '# What the patients may spend over all studies together, for good: epsilon, at the delta of the first plan with a price.',
    section({ ledger: known.ledger ?? { folder: 'ledger', budget: 10 } }),
    '# `trainSeconds` ends a training that takes longer. `diskMiB` stays free on the disk.',
    section({ limits: known.limits ?? { memoryMiB: 2048, diskMiB: 512 } }),
    '# On what this machine trains, which no plan says: trainers: { onnx: { backend: webgpu } }. `fedward plugins trainer onnx` lists them.',
    ...(known.trainers ? [section({ trainers: known.trainers })] : []),
    "# true: the coordinator's people see what the daemon is at, without a word of records, files or errors.",
    section({ liveLog: known.liveLog ?? false }),
    '# Off unless it is here: telemetry: { prometheus: 127.0.0.1:9464, otlp: http://127.0.0.1:4318 }',
    ...(known.telemetry ? [section({ telemetry: known.telemetry })] : []),
    section({ log: known.log ?? { level: 'info', format: 'text' } }),
    ...(known.folders ? [section({ folders: known.folders })] : []),
    ...(known.plugins ? [section({ plugins: known.plugins })] : []),
  ].join('\n');
}

function section(of: Readonly<Record<string, unknown>>): string {
  return stringify(of, { lineWidth: 120 });
}
