import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { openAuditLog, type SignedAuditLog } from '@fedward/audit';
import { approvalFolder, policyDigest } from '@fedward/compliance';
import { version } from '@fedward/core';
import { hasErrno, makeFolder, storageFailure } from '@fedward/kit-files';
import { readRotations, readSigner, type Passphrase, type Signer } from '@fedward/kit-keys';
import { fileClientStore, loadTeamPlugins } from '@fedward/sim-healthcare';
import { readPolicy, readSiteConfig, siteFiles, type SiteConfig, type SiteFiles } from '../config/index.js';
import { splitSecretIn } from '../data/index.js';
import { fileAnswerStore, fileOutbox } from '../outbox/index.js';
import { StudyBook } from '../studies/index.js';
import type { SiteEvent } from './events.js';
import { HospitalDoor } from './hospital-door.js';
import type { House, TrainerOf } from './house.js';
import { lastingLog } from './lasting-log.js';
import { ownTrainers, type OwnTrainer } from './own-trainers.js';

/** Of `openSite`. */
export interface OpenSiteOptions {
  /** Default: the plugin as it is installed, in this process. */
  readonly trainerOf?: TrainerOf;
  readonly passphrase?: Passphrase;
  readonly onEvent?: (event: SiteEvent) => void;
  /** What is free on the disk that a path is on, bytes. Default: what the system says. */
  readonly freeBytes?: (path: string) => Promise<number>;
  /** ISO 8601, UTC. Default: the clock. */
  readonly now?: () => string;
}

/** A hospital's site, open: what it keeps, and the door that its coordinator's questions come to. */
export interface Site {
  readonly config: SiteConfig;
  readonly files: SiteFiles;
  readonly signer: Signer;
  readonly audit: SignedAuditLog;
  readonly door: HospitalDoor;
  /** Those of which site.yaml says what they run on. */
  readonly trainers: readonly OwnTrainer[];
  /** Whether there is too little room on the disk to begin anything, in words; null where there is enough. */
  refusing(): Promise<string | null>;
  /** On the disk of its state. */
  freeBytes(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the site of a folder, for one process at a time. Its log is verified first.
 * @throws {FedwardError} as `readSiteConfig`, `readPolicy`, `readSigner`, `loadTeamPlugins`, `ownTrainers`, `openAuditLog`;
 *   STORAGE_FAILED
 */
export async function openSite(folder: string, options: OpenSiteOptions = {}): Promise<Site> {
  const { onEvent = () => undefined, now = () => new Date().toISOString(), freeBytes = freeOn } = options;
  const { trainerOf = inThisProcess } = options;
  const config = await readSiteConfig(folder);
  const files = siteFiles(folder, config);
  const rules = await readPolicy(files.folder, config);
  const { passphrase } = options;
  const signer = await readSigner(files.key, { ...(passphrase !== undefined && { passphrase }) });
  const team = await Promise.all(config.plugins.map((named) => loadTeamPlugins(named, files.folder)));
  const trainers = await ownTrainers(config, team, trainerOf);
  for (const trainer of trainers) onEvent({ event: 'trainer', ...trainer });
  for (const path of [files.state, files.inbox]) await makeFolder(path);
  const state = (name: string): string => join(files.state, name);
  const book = await StudyBook.open(state('studies'));
  const splitSecret = config.noise === 'secret' ? await splitSecretIn(files.state) : undefined;
  const rotations = await readRotations(files.keys, config.id);
  const software = [{ name: '@fedward/site', version }];
  const of = { signer, role: 'site', software, runId: config.federation, now } as const;
  // A lock that nobody can tell the holder of is one of this folder's daemon from before the machine was started again.
  const audit = await lastingLog(() => openAuditLog(files.audit, { ...of, breakLock: true }));
  const house: House = {
    ...{ config, files, rules, signer, rotations, team, book, audit, splitSecret, freeBytes, now, onEvent },
    approvals: approvalFolder(files.inbox),
    outbox: fileOutbox(state('outbox'), (error) => onEvent({ event: 'damaged', error })),
    answers: fileAnswerStore(state('answers')),
    store: fileClientStore(files.state),
    trainerOf,
  };
  const door = new HospitalDoor(house);
  try {
    const on = Object.fromEntries(trainers.map(({ name, runsOn }) => [name, runsOn]));
    const details = { policy: policyDigest(rules), name: rules.name, ...(trainers.length > 0 && { trainers: on }) };
    await audit.append({ type: 'policy', time: now(), runId: config.federation, clientId: config.id, details });
  } catch (error) {
    await audit.close();
    throw error;
  }
  return {
    ...{ config, files, signer, audit, door, trainers },
    freeBytes: () => freeBytes(files.state),
    refusing: async () => ((await freeBytes(files.state)) < config.limits.diskMiB * 2 ** 20 ? 'disk full' : null),
    async close() {
      await door.close();
      await audit.close();
    },
  };
}

const inThisProcess: TrainerOf = async (name, installed) =>
  installed.get('trainer', name, 'training.trainer').create(installed.trainerOptions, `trainers.${name}`);

/** @throws {FedwardError} STORAGE_FAILED */
async function freeOn(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    if (hasErrno(error, 'ENOSYS')) return Infinity;
    throw storageFailure('read', path, error);
  }
}
