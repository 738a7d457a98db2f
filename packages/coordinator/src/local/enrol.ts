import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseWith, type Json } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import type { LocalDeploymentOptions } from './options.js';
import { freePorts } from './ports.js';

/** What is being made. */
export interface Unmade {
  readonly coordinatorFolder: string;
  siteFolder(id: string): string;
  /** Runs a command: see `askCommand`. */
  ask(...args: readonly string[]): Promise<Json>;
}

/** Of a deployment on one machine, MiB: hubs reserve what they may use. */
const room = { federationMiB: 2048, siteMiB: 1024 };

const withFingerprint = z.looseObject({ path: z.string(), fingerprint: z.string() });
const withWelcome = z.looseObject({ welcome: z.string() });

/** Makes the coordinator's folder and each hospital's, and has each taken in, as people at both would. */
export async function enrol(deployment: Unmade, options: LocalDeploymentOptions): Promise<void> {
  const { federation, sites, noise, startHub = true, hubVersion, host = '127.0.0.1' } = options;
  const folder = deployment.coordinatorFolder;
  const [nats, webSocket] = await freePorts(2);
  await deployment.ask(
    ...['coordinator', 'init', '--folder', folder, '--federation', federation],
    ...['--hub', `${host}:${webSocket}`, '--listen', `${host}:${nats}`, '--websocket', `${host}:${webSocket}`],
    ...(startHub ? [] : ['--no-start']),
  );
  await changeYaml(join(folder, 'coordinator.yaml'), {
    ...{ 'hub.room': { ...room, mostSites: sites.length }, noise },
    'log.format': 'text',
    ...(hubVersion !== undefined && { 'hub.version': hubVersion }),
  });
  await Promise.all(sites.map((site) => takeIn(deployment, site, noise)));
}

async function takeIn(
  deployment: Unmade,
  { id, data, settings = {} }: LocalDeploymentOptions['sites'][number],
  noise: LocalDeploymentOptions['noise'],
): Promise<void> {
  const coordinator = ['--folder', deployment.coordinatorFolder];
  const folder = ['--folder', deployment.siteFolder(id)];
  const invited = told(withFingerprint, await deployment.ask('coordinator', 'invite', id, ...coordinator));
  const byPhone = ['--fingerprint', invited.fingerprint];
  const made = told(
    withFingerprint,
    await deployment.ask('site', 'init', '--invite', invited.path, ...byPhone, ...folder),
  );
  await changeYaml(join(deployment.siteFolder(id), 'site.yaml'), {
    ...{ data, noise, 'limits.diskMiB': 64 },
    ...(noise === 'seeded' && { 'policy.requireSecretNoise': false }),
    ...settings,
  });
  const known = ['--fingerprint', made.fingerprint];
  const approved = await deployment.ask('coordinator', 'approve', made.path, ...known, ...coordinator);
  await deployment.ask('site', 'join', told(withWelcome, approved).welcome, ...folder);
}

/** What a command has printed. */
function told<T extends z.ZodType>(schema: T, value: Json): z.output<T> {
  return parseWith(schema, value, 'what the command printed');
}

/** Changes keys of a file that people may read, and leaves its comments. */
async function changeYaml(path: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const document = parseDocument(await readFile(path, 'utf8'));
  for (const [key, value] of Object.entries(changes)) document.setIn(key.split('.'), value);
  await writeFileAtomic(path, document.toString({ lineWidth: 0 }));
}
