import { composeEvents, type DpEvent, type PrivacyMechanism, type TrainingPlan } from '@fedward/core';
import { accountantForLedger, hasLedger, openLedger, readLedger, type DiskLedger } from '@fedward/privacy-dp/ledger';
import type { House } from './house.js';

/** What of a study its charges hang on. */
export interface Charged {
  readonly plan: TrainingPlan;
  readonly mechanisms: readonly PrivacyMechanism[];
  /** Digest of the records. */
  readonly digest: string | undefined;
}

/**
 * The hospital's ledger, where it keeps one and the plan has a price. All studies are charged to it, and signed by the
 * hospital's key; its budget is what `site.yaml` says, for good.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the term in which the ledger is another (budget, unit, adjacency, data, a
 *   simulation's or not); LEDGER_DAMAGED; STORAGE_FAILED
 */
export async function ledgerOf(
  { config, files, signer, rotations }: House,
  { plan, mechanisms, digest }: Charged,
): Promise<DiskLedger | undefined> {
  const adjacency = mechanisms.find((mechanism) => mechanism.adjacency)?.adjacency;
  const { privacy } = plan;
  if (!config.ledger || !adjacency || !privacy || privacy.delta === undefined) return undefined;
  const { budget, delta } = config.ledger;
  return openLedger(files.ledger, {
    ...{ dataSet: config.id, unit: privacy.unit, adjacency, budget, signer, rotations },
    delta: delta ?? (await deltaOf(files.ledger)) ?? privacy.delta,
    accountant: await accountantOf(files.ledger, privacy.accountant),
    simulationOnly: config.noise === 'seeded',
    ...(digest !== undefined && { dataDigest: digest }),
  });
}

/** What a round of the plan spends; undefined where nothing has a price. */
export function eventOfRound({ plan, mechanisms }: Omit<Charged, 'digest'>, round: number): DpEvent | undefined {
  const events = mechanisms.flatMap((mechanism) => mechanism.event?.({ plan, round }) ?? []);
  return events.length === 0 ? undefined : composeEvents(...events);
}

/** A ledger's own, whatever later plans count by. */
async function deltaOf(folder: string): Promise<number | undefined> {
  return (await hasLedger(folder)) ? (await readLedger(folder)).terms.delta : undefined;
}

/** That which it has, or the one that fits the first plan. */
async function accountantOf(folder: string, planned: string | undefined): Promise<string | undefined> {
  return (await hasLedger(folder)) ? undefined : accountantForLedger(planned);
}
