import {
  nothingDeclared,
  type CheckFacts,
  type Declarations,
  type TableFacts,
  type CountryList,
  type RestrictedZipCodes,
} from '@fedward/compliance';
import { digestJson, planHash } from '@fedward/core';
import type { SimulateOptions } from '../run/options.js';
import { planRun, whereOf, type LoadedRun } from '../run/planned-run.js';
import { findScenario } from '../scenario/index.js';
import { rawColumns } from './raw-columns.js';

/** What is known of a study beside its plan and its data. */
export interface CheckOptions {
  /** Default: nothing is declared. */
  readonly declarations?: Declarations;
  /** The day of the check, ISO 8601. Default: today, in UTC. */
  readonly today?: string;
  /** How the run's logs are kept. Default: as `simulate` keeps them, signed and, where hospitals have tables, one each. */
  readonly log?: CheckFacts['log'];
  /** Newer lists than those that come with the package. */
  readonly zipCodes?: RestrictedZipCodes;
  readonly adequate?: CountryList;
}

/**
 * What the rules look at, of the run that `simulate` would make of these options: its plan, and each table as it lies there, with
 * the columns that nothing reads. Nothing is trained, and nothing written.
 * @throws {FedwardError} of the family `configuration`, as `simulate`
 */
export async function checkFacts(options: SimulateOptions, given: CheckOptions = {}): Promise<CheckFacts> {
  return checkFactsOf(await planRun(options, 'check'), given);
}

/** The same of a run that is planned. @throws {FedwardError} where a table can't be read */
export async function checkFactsOf(
  { planned, population }: LoadedRun,
  {
    declarations = nothingDeclared,
    today = new Date().toISOString().slice(0, 10),
    log,
    zipCodes,
    adequate,
  }: CheckOptions = {},
): Promise<CheckFacts> {
  const { plan, simulation } = planned;
  const scenario = findScenario(simulation.scenario);
  return {
    tables: await tablesOf(planned, population, zipCodes),
    simulatedPatients: !scenario.needsData,
    hospitals: population.ids,
    plan,
    planHash: planHash(plan),
    outputs: ['model', 'scores', ...(plan.evaluation ? ['site-scores'] : [])],
    keys: (declarations.keys ?? []).map(({ holder, key }) => ({ holder, id: key })),
    // Clients that are made when they are asked share the server's log.
    log: log ?? { chained: true, signed: true, perSite: population.tabulated },
    transport: { kind: 'none' },
    declarations,
    ...(adequate && { adequate }),
    today,
  };
}

async function tablesOf(
  { plan, simulation }: LoadedRun['planned'],
  { inputs }: LoadedRun['population'],
  zipCodes: RestrictedZipCodes | undefined,
): Promise<readonly TableFacts[]> {
  const raw = await findScenario(simulation.scenario).raw?.({ seed: plan.seed, ...whereOf(simulation) });
  if (!raw) return [];
  const { schema, source } = raw;
  const hospitals = inputs?.hospitals ?? [];
  const tables: TableFacts[] = [];
  for (const { hospital, path } of raw.tables) {
    const own = hospitals.find(({ id }) => id === hospital);
    // A table that is parted among hospitals is the data of all of them.
    const digest = own
      ? (own.sheet ?? own.data)
      : hospitals.length > 0
        ? digestJson(hospitals.map(({ data }) => data))
        : undefined;
    tables.push({
      hospital,
      ...(await rawColumns(path, source, schema, zipCodes)),
      ...(digest !== undefined && { digest }),
    });
  }
  return tables;
}
