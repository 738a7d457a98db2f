import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import {
  accountantForLedger,
  assertNoOtherLedger,
  hasLedger,
  openLedger,
  previewLedger,
  readLedger,
  type DiskLedger,
  type LedgerOptions,
  type LedgerReport,
} from '@fedward/privacy-dp/ledger';
import { hospitalName } from './hospital-name.js';
import { aboutKey, type LedgerKeys } from './ledger-keys.js';
import { assertRoom } from './ledger-room.js';
import type { RunParts } from './run-parts.js';

/** By the hospital's id. */
export type HospitalLedgers = ReadonlyMap<string, DiskLedger>;

/** What of a run its ledgers hang on. */
type Charged = Pick<RunParts, 'simulation' | 'plan' | 'plugins' | 'population'> & {
  /** By which they are signed; those of other hospitals are not. */
  readonly ledgerKeys?: LedgerKeys;
};

/** What a hospital's ledger says, without the list of its studies: epsilon and budget are over all of them. */
export type LedgerResult = { readonly id: string; readonly studies: number } & Pick<
  LedgerReport,
  'directory' | 'releases' | 'epsilon' | 'left' | 'head' | 'accountant'
> &
  Pick<LedgerReport['terms'], 'budget' | 'delta' | 'unit' | 'adjacency'>;

/** The folder of a hospital's ledger; its id may be any text. */
export function ledgerFolder(root: string, id: string): string {
  return join(root, hospitalName(id));
}

/**
 * Whether a run can have the ledgers that it asks for, and whether they have room for all of its rounds; nothing is written.
 * @param budget what the caller says that the budget over all studies is, if anything
 * @throws {FedwardError} CONFIG_INVALID or CONFIG_INCOMPATIBLE naming the option or the term; BUDGET_EXCEEDED naming the
 *   first hospital that would refuse a round; LEDGER_DAMAGED
 */
export async function assertLedgers(run: Charged, budget?: number): Promise<void> {
  const owners = new Map<string, string>();
  for (const { id, folder, options } of ledgersOf(run)) {
    const { dataDigest, simulationOnly = false } = options;
    const twin = dataDigest === undefined ? undefined : owners.get(dataDigest);
    if (twin !== undefined)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `--ledger: ${twin} and ${id} have the very same data, whose patients would have two budgets: give each its own`,
        '--ledger',
      );
    if (dataDigest !== undefined) owners.set(dataDigest, id);
    await assertNoOtherLedger(run.simulation.ledger!, folder, { dataDigest, simulationOnly });
    const isThere = await hasLedger(folder);
    if (isThere)
      await previewLedger(folder, { ...options, budget }, { type: 'none' }).catch((error: unknown) => {
        throw aboutKey(error, id, run.simulation);
      });
    else if (run.plan.privacy?.budget === undefined)
      throw new FedwardError(
        'CONFIG_INVALID',
        `--ledger: there is no ledger of ${id} in ${folder} yet; to make one, say what its patients may spend over all ` +
          'studies: --budget and --delta',
        '--ledger',
      );
    await assertRoom(run, id, folder, isThere ? options : { ...options, ...newTerms(run) });
  }
}

/** Of a ledger that is yet to be made. */
function newTerms({ plan: { privacy } }: Charged): Pick<LedgerOptions, 'accountant' | 'budget'> {
  return {
    accountant: accountantForLedger(privacy?.accountant),
    budget: privacy?.budget?.epsilon,
  };
}

/**
 * Makes those that are not there, with the plan's budget. The plan's accountant prices one run, whose settings are fixed; a
 * later run may be chosen by what this one shows. Gaussian accounting alone holds for both.
 */
export async function makeLedgers(run: Charged): Promise<void> {
  for (const { folder, options } of ledgersOf(run))
    if (!(await hasLedger(folder))) await openLedger(folder, { ...options, ...newTerms(run) });
}

/** Undefined for a run without. @throws {FedwardError} CONFIG_INVALID for one that has gone; LEDGER_DAMAGED */
export async function openLedgers(run: Charged): Promise<HospitalLedgers | undefined> {
  if (run.simulation.ledger === undefined) return undefined;
  const opened = ledgersOf(run).map(async ({ id, folder, options }) => {
    const ledger = await openLedger(folder, options).catch((error: unknown) => {
      throw aboutKey(error, id, run.simulation);
    });
    return [id, ledger] as const;
  });
  return new Map(await Promise.all(opened));
}

/** What the ledgers say once a run is over. */
export async function ledgerResults(run: Charged): Promise<LedgerResult[]> {
  return Promise.all(
    ledgersOf(run).map(async ({ id, folder }) => {
      const { terms, studies, directory, releases, epsilon, left, head, accountant } = await readLedger(folder);
      const { budget, delta, unit, adjacency } = terms;
      const of = { budget, delta, unit, adjacency, accountant };
      return { id, directory, epsilon, left, ...of, studies: studies.length, releases, head };
    }),
  );
}

function ledgersOf({ simulation, plan, plugins, population, ledgerKeys }: Charged): {
  readonly id: string;
  readonly folder: string;
  readonly options: LedgerOptions;
}[] {
  const { ledger: root, scenario, secureNoise } = simulation;
  if (root === undefined) return [];
  if (!population.tabulated)
    throw new FedwardError(
      'CONFIG_INVALID',
      `--ledger: ${scenario} makes its clients when they are asked, and keeps no ledgers of them`,
      '--ledger',
    );
  const adjacency = plugins.mechanisms.find(({ adjacency }) => adjacency)?.adjacency;
  const { unit, delta } = plan.privacy ?? {};
  if (unit === undefined || delta === undefined || !adjacency)
    throw new FedwardError('CONFIG_INVALID', '--ledger: nothing in this run has a price', '--ledger');
  const digests = new Map(population.inputs?.hospitals.map(({ id, data }) => [id, data]));
  return population.ids.map((id) => ({
    id,
    folder: ledgerFolder(root, id),
    options: {
      ...{ dataSet: `${scenario}/${id}`, unit, adjacency, delta, simulationOnly: !secureNoise },
      ...(digests.has(id) && { dataDigest: digests.get(id) }),
      ...ledgerKeys?.get(id),
    },
  }));
}
