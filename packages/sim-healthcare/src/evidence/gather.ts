import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { proveEntry } from '@fedward/audit';
import { certificateFacts } from './certificate-facts.js';
import { digestJson, FedwardError, type AuditEvent, type Json, type JsonObject } from '@fedward/core';
import type { LoggedDecision, MissedFacts, PackFacts, ProvedEntry } from '@fedward/compliance';
import { readPlan, type PlannedRun } from '../run/run-folder.js';
import { verifyRun } from '../run/verify-run.js';
import { flowsOf, rowsOf } from './flows.js';
import { installedPackages } from './installed-packages.js';
import { ledgerFacts, privacyFacts } from './privacy-facts.js';
import { replayOf } from './replay-command.js';
import { copiedFiles, keptFiles } from './run-files.js';
import { eventsAtHospitals, readRunLogs, type RunLogRead } from './run-logs.js';
import { readToldResult, type ToldResult } from './told-result.js';

/** What is gathered beside the run itself. */
export interface EvidenceOptions {
  /** A ledger, or a folder with a ledger a hospital. */
  readonly ledger?: string | undefined;
  /** As it was written, and what it says. */
  readonly declarations?: PackFacts['declarations'] | undefined;
}

/** Counts of patients' rows above zero and below it are not told: the default of `shownCounts`, by which logs are written. */
const minimumCount = 5;

/** The entries that a pack has proofs of, where the log has them. */
const proved = ['run-start', 'run-end', 'run-sealed'] as const;

/**
 * What the folder of a run shows, for a pack. Nothing is written, and nothing is trained.
 * @throws {FedwardError} FILE_NOT_FOUND where there is no run; what is wrong with its plan
 */
export async function evidenceFacts(directory: string, options: EvidenceOptions = {}): Promise<PackFacts> {
  await assertFolder(directory);
  const { planned } = await readPlan(directory);
  const { plan, simulation, inputs, runId } = planned;
  const verified = await verifyRun(directory);
  const logs = await readRunLogs(directory);
  const result = await readToldResult(directory);
  const [own] = logs;
  const events = own!.events;
  const atHospitals = eventsAtHospitals(logs);
  const all = [...events.filter(({ clientId }) => clientId === undefined), ...atHospitals];
  const start = events.find(({ type }) => type === 'run-start');
  const end = events.find(({ type }) => type === 'run-end');
  const kept = await keptFiles(directory);
  const copies = await copiedFiles(directory, kept);
  return {
    run: {
      ...{ runId, scenario: simulation.scenario, planHash: verified.planHash ?? '', seed: plan.seed },
      simulationOnly: start?.details['simulationOnly'] === true,
      rounds: result?.rounds.length ?? events.filter(({ type }) => type === 'aggregation').length,
      began: events[0]?.time ?? '',
      ended: end?.time ?? null,
      ...{ state: verified.state, ok: verified.ok, model: verified.modelParameters },
      hospitals: hospitalsOf(start, planned),
    },
    flows: flowsOf(events, atHospitals, result),
    bytes: result?.bytes ?? null,
    notices: (result?.notices ?? []).filter((words) => words.startsWith('Each hospital told')),
    refusals: all
      .filter(({ type }) => type === 'refusal')
      .map(({ time, clientId, details }) => ({ time, by: clientId ?? 'coordinator', code: String(details['code']) })),
    approvals: decisionsOf(all, 'approval'),
    policies: decisionsOf(all, 'policy'),
    checks: decisionsOf(all, 'check'),
    logs: logs.map(({ events: { length: entries }, owner, folder, root, ok }) => ({
      owner,
      folder,
      entries,
      root,
      ok,
    })),
    files: verified.files,
    proofs: await proofsIn(join(directory, own!.folder), own!),
    certificates: certificateFacts(copies),
    copies,
    privacy: privacyFacts(end, result),
    secureAggregation: result?.secureAggregation !== undefined,
    ledgers: options.ledger === undefined ? null : await ledgerFacts(options.ledger),
    rows: rowsOf(atHospitals),
    participation: result?.participation
      ? { complete: result.participation.complete, meanShareLost: result.participation.rounds.meanShareLost }
      : null,
    parts: result?.participation?.hospitals ?? [],
    missed: missedIn(result),
    reach: result?.reach ?? [],
    minimumCount,
    plan: JSON.parse(JSON.stringify(plan)) as JsonObject,
    inputs: inputsTold(inputs),
    simulation: simulationTold(simulation),
    replay: replayOf(planned),
    kept,
    installed: installedPackages(),
    node: process.version,
    declarations: options.declarations ?? declaredIn(simulation),
  };
}

async function assertFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory()) return;
  const message = found ? `${directory} is a file: name the folder of a run` : `there is no folder ${directory}`;
  throw new FedwardError('FILE_NOT_FOUND', message, directory);
}

function hospitalsOf(start: AuditEvent | undefined, { inputs }: PlannedRun): readonly string[] {
  const clients = start?.details['clients'];
  if (Array.isArray(clients)) return clients.filter((id) => typeof id === 'string');
  return (inputs.population?.hospitals ?? []).map(({ id }) => id);
}

function decisionsOf(events: readonly AuditEvent[], type: AuditEvent['type']): LoggedDecision[] {
  return events
    .filter((event) => event.type === type)
    .map(({ time, clientId, details }) => ({ time, hospital: clientId ?? null, details }));
}

async function proofsIn(path: string, { events, ok }: RunLogRead): Promise<ProvedEntry[]> {
  const proofs: ProvedEntry[] = [];
  // Of a log that was changed nothing can be shown.
  for (const type of ok ? proved : []) {
    const index = events.findIndex((event) => event.type === type);
    if (index >= 0) proofs.push({ type, index, ...(await proveEntry(path, index)) });
  }
  return proofs;
}

function missedIn(result: ToldResult | undefined): MissedFacts[] {
  return (result?.rounds ?? []).flatMap(({ round, dropped, leftOut, waiting }) => [
    ...dropped.map(({ id }) => ({ round, hospital: id, why: 'dropped' })),
    ...leftOut.map(({ id }) => ({ round, hospital: id, why: 'left out' })),
    ...waiting.map((id) => ({ round, hospital: id, why: 'still at work' })),
  ]);
}

/**
 * Of the inputs what may leave the run's folder: digests of data with the run's secret number in them, since without that a
 * digest would tell whoever guesses the data that they are these.
 */
function inputsTold({ nonce, software, population, initial, optOuts }: PlannedRun['inputs']): JsonObject {
  const { hospitals = [], ...how } = population ?? {};
  const salted = (of: Json): string => digestJson({ nonce, of });
  return {
    software: JSON.parse(JSON.stringify(software)) as JsonObject,
    population: population && {
      ...how,
      hospitals: hospitals.map(({ id, data, sheet }) => ({
        id,
        data: salted(data),
        sheet: sheet === undefined ? null : salted(sheet),
      })),
    },
    ...(initial !== undefined && { initial }),
    ...(optOuts !== undefined && { optOuts }),
  };
}

/** Without the paths of the machine that it ran on. */
function simulationTold({
  dataDir,
  schema,
  initial,
  ledger,
  keys,
  optOuts,
  approvals,
  ...simulation
}: PlannedRun['simulation']): JsonObject {
  const named = { dataDir, schema, initial, ledger, keys, optOuts, approvals };
  const there = Object.entries(named).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, 'a path of its own'] as const],
  );
  return { ...(JSON.parse(JSON.stringify(simulation)) as JsonObject), ...Object.fromEntries(there) };
}

/** What the run itself declares. */
function declaredIn({ declared }: PlannedRun['simulation']): PackFacts['declarations'] {
  return declared ? { text: `${JSON.stringify(declared, null, 2)}\n`, said: declared } : null;
}

/** Where a pack may not go: into the run that it is about, whose files it lists. */
export function isInside(folder: string, run: string): boolean {
  return join(folder, '/').startsWith(join(run, '/'));
}
