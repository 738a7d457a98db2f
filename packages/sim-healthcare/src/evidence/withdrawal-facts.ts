import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean, FedwardError, type AuditEvent } from '@fedward/core';
import { readStudySchema } from '@fedward/data-medical';
import type { WithdrawalFacts, WithdrawnHospital } from '@fedward/compliance';
import * as z from 'zod';
import { hospitalName } from '../run/hospital-name.js';
import type { SimulateOptions } from '../run/options.js';
import { reloadRun } from '../run/planned-run.js';
import { readPlan, type PlannedRun } from '../run/run-folder.js';
import { verifyRun } from '../run/verify-run.js';
import { ledgerFolder } from '../run/ledgers.js';
import { readOptOuts } from '../scenario/opt-outs.js';
import type { Population } from '../scenario/scenario.js';
import { schemaIn } from '../scenario/study/folder.js';
import { privacyFacts } from './privacy-facts.js';
import { partitionText } from './replay-command.js';
import { keptFiles } from './run-files.js';
import { readRunLogs } from './run-logs.js';

/** Who is withdrawn: a hospital by its id, or patients by a list of ids. */
export type Withdrawn = { readonly hospital: string } | { readonly patients: string };

/**
 * Where in a run those are who are withdrawn. For patients the run's data are read again.
 * @throws {FedwardError} FILE_NOT_FOUND; CONFIG_INVALID for a hospital that is not in the run; CONFIG_INCOMPATIBLE where the
 *   data are others by now, or have no patient ids
 */
export async function withdrawalFacts(folder: string, who: Withdrawn): Promise<WithdrawalFacts> {
  const { planned } = await readPlan(folder);
  const [log] = await readRunLogs(folder);
  const events = log!.events;
  const verified = await verifyRun(folder);
  const rounds = roundsOf(events);
  const privacy = privacyFacts(
    events.find(({ type }) => type === 'run-end'),
    undefined,
  );
  const kept = (await keptFiles(folder)).map(({ file }) => file);
  const found = await whoIsIn(planned, events, who);
  const bundle = verified.files.find(({ file }) => file === 'model.safetensors');
  return {
    ...{ runId: planned.runId, folder, rounds: rounds.size, delta: privacy?.delta ?? null },
    models: bundle?.sha256 ? [{ file: bundle.file, sha256: bundle.sha256, weights: verified.modelParameters }] : [],
    hospitals: found.map(({ id, patients }): WithdrawnHospital => {
      const own = [...rounds].filter(([, ids]) => ids.has(id)).map(([round]) => round);
      const ledger = planned.simulation.ledger;
      const personal = `hospitals/${hospitalName(id)}/model.safetensors`;
      return {
        ...{ id, rounds: own },
        ...(patients && { patients }),
        certificates: kept.filter((file) => own.some((round) => isCertificate(file, round))),
        ledger: ledger === undefined ? null : ledgerFolder(ledger, id),
        epsilon: privacy?.perHospital.find((each) => each.id === id)?.epsilon ?? null,
        personal: existsSync(join(folder, personal)) ? personal : null,
      };
    }),
  };
}

function isCertificate(file: string, round: number): boolean {
  const match = /^certificates\/round-(\d+)\.json$/.exec(file);
  return match !== null && Number(match[1]) === round;
}

const summedSchema = z.object({
  participants: z.array(z.string()),
  leftOut: z.array(z.union([z.string(), z.object({ id: z.string() })])).default([]),
});

/** Of each round that was summed up, who is in the sum; of one that was begun again the last counts. */
function roundsOf(events: readonly AuditEvent[]): ReadonlyMap<number, ReadonlySet<string>> {
  const rounds = new Map<number, ReadonlySet<string>>();
  for (const { type, round, details } of events) {
    if (type !== 'aggregation' || round === undefined) continue;
    const told = summedSchema.safeParse(details).data;
    const out = new Set(told?.leftOut.map((each) => (typeof each === 'string' ? each : each.id)));
    rounds.set(round, new Set(told?.participants.filter((id) => !out.has(id))));
  }
  return rounds;
}

type Found = Pick<WithdrawnHospital, 'id' | 'patients'>;

async function whoIsIn(planned: PlannedRun, events: readonly AuditEvent[], who: Withdrawn): Promise<readonly Found[]> {
  if ('hospital' in who) {
    const clients = events.find(({ type }) => type === 'run-start')?.details['clients'];
    const ids = Array.isArray(clients) ? clients.filter((id) => typeof id === 'string') : [];
    if (ids.includes(who.hospital)) return [{ id: who.hospital }];
    throw new FedwardError(
      'CONFIG_INVALID',
      `--hospital: run ${planned.runId} has no hospital ${who.hospital}; it has ${ids.join(', ')}${didYouMean(who.hospital, ids)}`,
      '--hospital',
    );
  }
  const list = await readOptOuts(who.patients, '--patients');
  const leaves = list.of(await columnOf(planned));
  const { population } = await reloadRun(planned).catch((cause: unknown) => {
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `--patients: the data that run ${planned.runId} began with are needed to find them: ${cause instanceof Error ? cause.message : String(cause)}`,
      '--patients',
      { cause },
    );
  });
  const found = population.ids.flatMap((id): Found[] => {
    const patients = countIn(population, id, leaves);
    return patients.trained + patients.tested > 0 ? [{ id, patients }] : [];
  });
  // That somebody is in no run is a claim, which other capitals would make false.
  list.missed();
  return found;
}

/** The column of patient ids, where the run has a schema of the caller's. */
async function columnOf({ simulation: { schema, dataDir, scenario } }: PlannedRun): Promise<string | undefined> {
  if (schema !== undefined) return (await readStudySchema(schema)).schema.patientId;
  if (scenario !== 'study' && scenario !== 'csv') return undefined;
  return dataDir === undefined ? undefined : (await readStudySchema(await schemaIn(dataDir))).schema.patientId;
}

/** Numbers of patients, each once. */
function countIn(
  population: Population,
  id: string,
  leaves: (patientId: string) => string | undefined,
): { readonly trained: number; readonly tested: number } {
  const { train, test } = population.hospital(id);
  if (train.patientIds === undefined)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `--patients: the data of ${id} have no patient ids, so that nobody can be found`,
      '--patients',
    );
  const count = (ids: readonly string[] = []): number => [...new Set(ids)].filter((each) => leaves(each)).length;
  return { trained: count(train.patientIds), tested: count(test.patientIds) };
}

/**
 * The options by which a run is carried out again without those who are withdrawn: the same plan, on the data that stay, behind
 * the rules of the hosts that stay. What they approved may be another run: `assertApproved` says so before it begins.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where the run left patients out by a list of its own
 */
export async function rerunOptions(folder: string, who: Withdrawn): Promise<SimulateOptions> {
  const { planned } = await readPlan(folder);
  const { plan, simulation } = planned;
  const { scenario, dataDir, schema, partition, initial, hospitals, labelNoise, findLabelNoise, slow, ledger } =
    simulation;
  const { dropRate, secureNoise, local, keys, without = [], optOuts } = simulation;
  if ('patients' in who && optOuts !== undefined)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `--patients: the run left patients out by ${optOuts} already: put both lists into one file, and name that`,
      '--patients',
    );
  const { declared, check } = simulation;
  const gone = 'hospital' in who ? who.hospital : undefined;
  const policies = simulation.policies && withoutHospital(simulation.policies, gone);
  // Of hosts that stay, none may ask for any.
  const approvals = Object.values(policies ?? {}).some((rules) => rules.approvals) ? simulation.approvals : undefined;
  const leftOut = 'hospital' in who ? [...without, who.hospital] : without;
  const list = 'patients' in who ? who.patients : optOuts;
  return {
    ...{ scenario, config: plan, configName: `the plan of ${planned.runId}`, dropRate, secureNoise, local },
    ...(dataDir !== undefined && { dataDir }),
    ...(schema !== undefined && { schema }),
    ...(partition && { partition: partitionText(partition) }),
    ...(initial !== undefined && { initial }),
    ...(hospitals !== undefined && { hospitals }),
    ...(labelNoise && { labelNoise: labelNoise.rate }),
    ...(labelNoise?.hospitals !== undefined && { noisyHospitals: labelNoise.hospitals }),
    ...(findLabelNoise && { findLabelNoise }),
    ...(slow && { slow }),
    ...(ledger !== undefined && { ledger }),
    ...(keys !== undefined && { keys }),
    ...(leftOut.length > 0 && { without: leftOut }),
    ...(list !== undefined && { optOuts: list }),
    // The same rules stand around the hospitals that stay.
    ...(policies && { policies }),
    ...(approvals !== undefined && { approvals }),
    ...(declared && { declared }),
    ...(check && { check }),
  };
}

function withoutHospital(
  policies: NonNullable<PlannedRun['simulation']['policies']>,
  gone: string | undefined,
): NonNullable<PlannedRun['simulation']['policies']> {
  return Object.fromEntries(Object.entries(policies).filter(([id]) => id !== gone));
}
