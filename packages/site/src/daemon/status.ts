import { verifyAuditLog } from '@fedward/audit';
import type { Json, JsonObject } from '@fedward/core';
import { hasLedger, readLedger } from '@fedward/privacy-dp/ledger';
import type { Site } from '../door/index.js';
import type { Carrier } from './courier.js';

/** What a daemon knows of itself. */
export interface Running {
  readonly site: Site;
  readonly carrier: Carrier;
  /** How often it was started before. */
  readonly restarts: number;
}

/** `fedward site status --json`. */
export interface SiteStatus extends JsonObject {
  readonly id: string;
  readonly federation: string;
  readonly pid: number;
  /** How often it was started before this time. */
  readonly restarts: number;
  /** Why nothing is begun at present, such as `disk full`; null where nothing hinders it. */
  readonly refusing: string | null;
  readonly connection: JsonObject;
  readonly atWork: readonly JsonObject[];
  readonly studies: readonly JsonObject[];
  readonly noise: string;
  /** Those that site.yaml sets, by name, with what they run on. */
  readonly trainers: readonly JsonObject[];
  /** Null where none is kept, or nothing was charged yet. */
  readonly ledger: JsonObject | null;
  /** `verified`: null where it was not asked for; its head was when the daemon started. */
  readonly log: JsonObject;
}

/**
 * Where a site stands.
 * @param verify whether all of the log is verified for it, which takes its time with its length
 * @throws {FedwardError} LEDGER_DAMAGED, STORAGE_FAILED
 */
export async function statusOf({ site, carrier, restarts }: Running, verify: boolean): Promise<SiteStatus> {
  const { config, files, audit, signer, door } = site;
  const head = await audit.head([]);
  return {
    ...{ id: config.id, federation: config.federation, pid: process.pid, restarts },
    refusing: await site.refusing(),
    connection: { ...carrier.standing },
    atWork: carrier.atWork.map(({ kind, run, round }) => ({ kind, study: run, round: round ?? null })),
    studies: await studiesOf(door),
    noise: config.noise,
    trainers: site.trainers.map(({ name, runsOn }) => ({ name, runsOn })),
    ledger: (await hasLedger(files.ledger)) ? await ledgerIn(files.ledger) : null,
    log: {
      entries: head ? head.index + 1 : 0,
      root: head?.root ?? null,
      verified: verify ? (await verifyAuditLog(files.audit, { keys: [signer.verifierKey] })).ok : null,
    },
  };
}

/** Each study as `fedward site studies` tells it. */
export async function studiesOf(door: Site['door']): Promise<JsonObject[]> {
  return (await door.standings()).map(({ record, standing, runsOn }): JsonObject => {
    const { study, proposed, hand, answered, ended } = record;
    return {
      ...{ id: study.id, name: study.name, state: ended ? ended.how : standing.state, why: standing.why },
      rounds: study.plan.rounds,
      roundsTrained: answered?.rounds ?? 0,
      newest: answered?.newest ?? null,
      proposal: proposed?.file ?? null,
      runsOn,
      approvedBy: hand.filter(({ kind }) => kind === 'approved').map(({ by }) => by),
    };
  });
}

/** What the ledger of a site has spent; null where there is none, or no bound. */
export async function epsilonOf({ files }: Site): Promise<number | null> {
  const epsilon = (await hasLedger(files.ledger)) ? (await readLedger(files.ledger)).epsilon : null;
  return epsilon !== null && Number.isFinite(epsilon) ? epsilon : null;
}

async function ledgerIn(folder: string): Promise<{ [key: string]: Json }> {
  const { terms, epsilon, left, releases } = await readLedger(folder);
  const { budget, delta, unit, adjacency } = terms;
  // JSON has no infinity: an epsilon without a bound is null.
  const told = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
  return { epsilon: told(epsilon), left: told(left), budget, delta, unit, adjacency, releases };
}
