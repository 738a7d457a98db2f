import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog, openWitness } from '@fedward/audit';
import {
  createParameters,
  inMemoryTransport,
  layoutOf,
  parsePlan,
  planHash,
  Random,
  runFederation,
  SeededNoise,
  type AuditHead,
  type Client,
  type FederationResult,
  type TrainingPlan,
} from '@fedward/core';
import { createKey, readSigner, type Signer } from '@fedward/kit-keys';
import {
  InstalledPlugins,
  pluginsOf,
  simulate,
  type SimulateOptions,
  type SimulationResult,
} from '@fedward/sim-healthcare';
import { parseStudy, type QuestionAbout, type Study } from '@fedward/transport-nats';
import { onTestFinished } from 'vitest';
import { writeSiteConfig, type KnownOfSite } from '../config/index.js';
import { openSite, type OpenSiteOptions, type Site } from '../door/index.js';

export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A coordinator's key, as hospitals know it. */
export async function coordinatorKey(folder: string): Promise<Signer> {
  const { path } = await createKey({ directory: join(folder, 'coordinator'), name: 'coordinator' });
  return readSigner(path);
}

/** A hospital's folder, as `fedward site init` leaves it. */
export async function hospitalFolder(
  at: string,
  id: string,
  coordinator: Signer,
  changes: Partial<KnownOfSite> = {},
): Promise<string> {
  const folder = join(at, id);
  await createKey({ directory: join(folder, 'keys'), name: id });
  await writeSiteConfig(folder, {
    ...{ federation: 'heart', id, coordinator: { verifierKey: coordinator.verifierKey } },
    hub: { servers: ['tls://127.0.0.1:4222'] },
    data: { scenario: 'tutorial', hospitals: 3 },
    noise: 'seeded',
    limits: { diskMiB: 1 },
    ...changes,
  });
  return folder;
}

export async function opened(folder: string, options: OpenSiteOptions = {}): Promise<Site> {
  const site = await openSite(folder, options);
  onTestFinished(() => site.close().catch(() => undefined));
  return site;
}

/** A simulation's plan and result, to hold a federation of doors against. */
export async function simulated(
  options: Omit<SimulateOptions, 'scenario'> & { readonly scenario?: string } = {},
): Promise<{ readonly plan: TrainingPlan; readonly result: SimulationResult }> {
  const out = join(temporary(), 'run');
  const { scenario = 'tutorial' } = options;
  const few = scenario === 'tutorial' && ({ hospitals: 3, model: 'logistic' } as const);
  // Zeros, so that nothing of it has to be drawn here too.
  const common = { rounds: 2, workers: 1, local: false, config: { initialWeights: 'zeros' } } as const;
  const result = await simulate({ ...common, ...few, ...options, scenario }, out);
  const { plan } = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as { readonly plan: unknown };
  return { plan: parsePlan(plan), result };
}

export function studyOf(plan: TrainingPlan, members: readonly string[], changes: Partial<Study> = {}): Study {
  return parseStudy({ schemaVersion: 1, id: 'study-1', name: 'Heart', plan, members, ...changes }, 'the study');
}

/** A hospital as its coordinator reaches it: each question is admitted first. */
export function behindDoor({ door, config }: Pick<Site, 'door' | 'config'>, { id: runId, plan }: Study): Client {
  const hash = planHash(plan);
  const ask = async (kind: QuestionAbout['kind'], about: { readonly round?: number } = {}): Promise<Client> => {
    const { round } = about;
    await door.admit({ kind, runId, planHash: hash, bytes: 1000, ...(round !== undefined && { round }) });
    return door.clientOf(hash);
  };
  return {
    id: config.id,
    describe: async (signal) => (await ask('describe')).describe(signal),
    propose: async (proposed, signal) => (await ask('propose')).propose(proposed, signal),
    answer: async (task, signal) => (await ask('answer', task)).answer(task, signal),
    evaluate: async (task, signal) => (await ask('evaluate', task)).evaluate(task, signal),
    call: async (call, signal) => (await ask('call', call)).call(call, signal),
  };
}

export interface Federating {
  readonly study: Study;
  readonly clients: readonly Client[];
  readonly coordinator: Signer;
  /** Verifier keys of the hospitals, by id. */
  readonly keys: Readonly<Record<string, string>>;
  /** Where the coordinator keeps its log. */
  readonly folder: string;
  readonly seeded?: boolean;
  readonly onRound?: (round: number) => void;
}

/** A study's run, as a coordinator carries it out, logs of both sides included. */
export async function federate(given: Federating): Promise<FederationResult> {
  const { study, clients, coordinator, keys, folder, seeded = true, onRound } = given;
  const plan = study.plan as TrainingPlan;
  const made = await pluginsOf(plan, await InstalledPlugins.load([], plan));
  const audit = await openAuditLog(join(folder, 'audit'), { signer: coordinator, runId: study.id, fsync: false });
  const known = (who: string) => keys[who];
  const witness = await openWitness(join(folder, 'witness'), { signer: coordinator, known, fsync: false });
  const random = new Random(plan.seed);
  try {
    return await runFederation({
      ...{ runId: study.id, plan, aggregator: made.aggregator, mechanisms: made.mechanisms, audit, witness },
      transport: inMemoryTransport(clients),
      initial: createParameters(layoutOf(plan.model)),
      simulationOnly: plan.privacy !== null && seeded,
      ...(made.accountant && { accountant: made.accountant }),
      ...(made.compression && { compression: made.compression }),
      ...(seeded && { noise: (round: number) => new SeededNoise(random.fork('server-noise', round)) }),
      ...(onRound && { onRound: ({ round }) => onRound(round) }),
    });
  } finally {
    await witness.close();
    await audit.close();
  }
}

/** Three hospitals of the tutorial whose people have approved a study. */
export async function threeApproved(
  at: string,
  study: Study,
  coordinator: Signer,
  changes: Partial<KnownOfSite> = {},
  options: OpenSiteOptions = {},
): Promise<Site[]> {
  const sites: Site[] = [];
  for (const id of study.members) {
    const site = await opened(await hospitalFolder(at, id, coordinator, changes), options);
    await site.door.study({ kind: 'proposed', study });
    await site.door.approve(study.id, { by: 'anna', words: 'looked at' });
    sites.push(site);
  }
  return sites;
}

/** By id, for a coordinator's witness. */
export function keysOf(sites: readonly Pick<Site, 'config' | 'signer'>[]): Record<string, string> {
  return Object.fromEntries(sites.map(({ config, signer }) => [config.id, signer.verifierKey]));
}

/** Where a coordinator's log stands, as its tasks say it. */
export async function headOf(folder: string, signer: Signer): Promise<AuditHead> {
  const log = await openAuditLog(join(folder, 'coordinator-log'), { signer, runId: 'study-1', fsync: false });
  try {
    return (await log.head([]))!;
  } finally {
    await log.close();
  }
}
