import { resolve } from 'node:path';
import { FedwardError, isTrainingPlan, type Plan, type TrainingPlan } from '@fedward/core';
import {
  findScenario,
  inputsOf,
  readOptOuts,
  type Hospital,
  type LoadOptions,
  type RunInputs,
  type TeamPlugins,
} from '@fedward/sim-healthcare';
import type { SiteDataConfig } from '../config/index.js';
import { stampOf } from './stamp.js';

/** The hospital's own data, as one study uses them. */
export interface OwnData {
  readonly hospital: Hospital;
  /** What they are made of, with the study's secret number and the software: what is approved. */
  readonly inputs: RunInputs;
  /** Of the records, for the ledger: whatever they are called and however they are parted. */
  readonly digest: string | undefined;
  /** What its own people should know, in sentences. */
  readonly notices: readonly string[];
  /** Of the files as they lie on the disk: another once one was written. */
  readonly stamp: string;
}

/** What a study's data depend on beside `site.yaml`. */
export interface DataFor {
  /** The site. */
  readonly id: string;
  /** Relative paths are seen from here. */
  readonly folder: string;
  readonly plan: Plan;
  /** 64 hexadecimal digits: digests of data sheets are of them too. */
  readonly nonce: string;
  /** Decides who is tested on, where noise is secret; else the plan's seed does. */
  readonly splitSecret: Uint8Array | undefined;
  readonly team: readonly TeamPlugins[];
}

/**
 * Reads what `data` of `site.yaml` says, once a study. A scenario gives the very records that a simulation of it has.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan that asks a query, and for a table that would have to know of other
 *   hospitals; CONFIG_INVALID naming the key; what readers throw, whose words may be about records
 */
export async function loadOwnData(data: SiteDataConfig, given: DataFor): Promise<OwnData> {
  const { id, plan, nonce, team } = given;
  if (!isTrainingPlan(plan)) throw aQuery(plan.query.name);
  const at = (path: string): string => resolve(given.folder, path);
  // Before they are read: a change while they are is a change.
  const stamp = await stampOf(dataFiles(data, given.folder));
  const optOuts = data.optOuts === undefined ? undefined : await readOptOuts(at(data.optOuts), 'data.optOuts');
  const own = data.hospital ?? id;
  const options: LoadOptions = {
    ...{ seed: plan.seed, priced: unitOf(plan), splitSecret: given.splitSecret, optOuts },
    ...(data.table !== undefined
      ? { dataDir: at(data.table), schemaFile: at(data.schema!), only: id }
      : {
          dataDir: data.folder === undefined ? process.env['FEDWARD_DATA'] : at(data.folder),
          hospitals: data.hospitals,
        }),
  };
  const population = await findScenario(data.scenario ?? 'study').load(options);
  if (!population.ids.includes(own))
    throw new FedwardError(
      'CONFIG_INVALID',
      `data.hospital: ${data.scenario} has no hospital ${own}; it has ${population.ids.slice(0, 20).join(', ')}`,
      'data.hospital',
    );
  const { inputs } = population;
  const hospitals = inputs?.hospitals.filter((hospital) => hospital.id === own) ?? [];
  const missed = optOuts?.missed();
  return {
    hospital: population.hospital(own),
    // What is of other hospitals is nobody's business here.
    inputs: {
      ...inputsOf({ ...population, ...(inputs && { inputs: { ...inputs, hospitals } }) }, team, undefined, optOuts),
      nonce,
    },
    digest: hospitals[0]?.data,
    notices: [...(population.notices ?? []), ...(missed === undefined ? [] : [missed])],
    stamp,
  };
}

/** The files that are the hospital's own, by whole paths: of a scenario the list of those who opted out alone. */
export function dataFiles({ table, schema, optOuts }: SiteDataConfig, folder: string): string[] {
  return [table, schema, optOuts].flatMap((path) => (path === undefined ? [] : [resolve(folder, path)]));
}

/** Of what the plan's epsilon speaks; without a delta it has none. */
function unitOf({ privacy }: TrainingPlan): LoadOptions['priced'] {
  return privacy?.delta === undefined ? undefined : privacy.unit;
}

function aQuery(name: string): FedwardError {
  return new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `the plan asks the query ${name}; this daemon answers trainings`,
    'query.name',
  );
}
