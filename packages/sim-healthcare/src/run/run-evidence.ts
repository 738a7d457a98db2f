import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAuditLog } from '@fedward/audit';
import {
  createLayout,
  createParameters,
  decodeSafetensors,
  digestTensors,
  hasCode,
  isFedwardError,
  type AuditEvent,
} from '@fedward/core';
import * as z from 'zod';
import { readPlan, runPaths } from './run-folder.js';
import { sealedFiles, type SealedFile } from './seal.js';

const sealSchema = z.object({
  sha256: z.record(z.string(), z.string()),
  certificates: z.record(z.string(), z.string()).optional(),
  approvals: z.record(z.string(), z.string()).optional(),
  logs: z
    .record(z.string(), z.object({ entries: z.int(), root: z.string(), witness: z.string().nullable() }))
    .optional(),
  witness: z.string().nullable().optional(),
});
const resultSchema = z.object({
  runId: z.string(),
  planHash: z.string(),
  model: z.object({ sha256: z.string() }),
  rounds: z.array(
    z.object({
      round: z.int(),
      participants: z.array(z.string()),
      epsilon: z.number().nullable(),
      failure: z.unknown().optional(),
    }),
  ),
  audit: z.object({ root: z.string(), events: z.int(), entries: z.int().optional() }),
});
/** Of a run whose hospitals have logs of their own each says its key. */
const startSchema = z.object({
  sites: z.array(z.object({ ids: z.array(z.string()), verifierKey: z.string().optional() })),
});

const checkedSchema = z.object({ planHash: z.string() });

/** What the log's last entry says. */
export type Seal = z.output<typeof sealSchema>;

/** What a run's folder says of its run, each file for itself: nothing is held against anything yet. */
export interface RunEvidence {
  /** Of the log, as far as it can be read. */
  readonly events: readonly AuditEvent[];
  readonly contents: ReadonlyMap<SealedFile, Buffer>;
  /** What plan.json says, and what is wrong with it; `older`: of a version that did not seal. */
  readonly plan: {
    readonly runId?: string;
    readonly planHash?: string;
    readonly older?: boolean;
    readonly fault?: string;
  };
  /** Undefined where there is none; null for a file that is no result. */
  readonly result: z.output<typeof resultSchema> | null | undefined;
  /** Undefined where there is none; null for a file that is no model. */
  readonly model: { readonly digest: string; readonly planHash: string | undefined } | null | undefined;
  /** The hash of the plan that was checked, where check.json tells one. */
  readonly checkedPlan: string | undefined;
  /** What the log says, by the entry that says it. */
  readonly logged: {
    /** SHA-256 of plan.json as the run began. */
    readonly planFile: string | undefined;
    readonly planHash: string | undefined;
    /** SHA-256 of check.json, where the run was checked before it began. */
    readonly checkFile: string | undefined;
    /** Digest of the weights as the run ended. */
    readonly weights: string | undefined;
    readonly ended: boolean;
    /** Number of rounds that the run ended after. */
    readonly rounds: number | undefined;
    readonly seal: AuditEvent | undefined;
    /** What it says; SHA-256 by file. Empty where there is none. */
    readonly sealed: Seal;
    /** Hospitals that have logs of their own, by id, with the keys that they said when the run began. */
    readonly keys: ReadonlyMap<string, string>;
    /** Ids of all that were met when the run began, or that result.json says took part. */
    readonly parties: ReadonlySet<string>;
  };
}

/** @throws {FedwardError} AUDIT_FAILED where the log can't be read; never for what is in the files */
export async function readEvidence(directory: string): Promise<RunEvidence> {
  const events = await eventsOf(runPaths(directory).audit);
  const find = (type: AuditEvent['type']): AuditEvent | undefined => events.find((event) => event.type === type);
  const text = (type: AuditEvent['type'], member: string): string | undefined => {
    const value = find(type)?.details[member];
    return typeof value === 'string' ? value : undefined;
  };
  const contents = new Map<SealedFile, Buffer>();
  for (const file of sealedFiles) {
    const bytes = await readFile(join(directory, file)).catch(() => undefined);
    if (bytes) contents.set(file, bytes);
  }
  const seal = find('run-sealed');
  const result = resultOf(contents.get('result.json'));
  const met = metIn(events);
  return {
    events,
    contents,
    plan: await planOf(directory, contents.get('plan.json')),
    result,
    model: modelOf(contents.get('model.safetensors')),
    checkedPlan: checkedSchema.safeParse(parsed(contents.get('check.json') ?? Buffer.alloc(0))).data?.planHash,
    logged: {
      planFile: text('run-planned', 'planFile'),
      planHash: text('run-start', 'planHash'),
      checkFile: text('check', 'file'),
      weights: text('run-end', 'modelSha256'),
      ended: find('run-end') !== undefined,
      rounds: roundsOf(find('run-end')),
      seal,
      sealed: (seal && sealSchema.safeParse(seal.details).data) ?? { sha256: {} },
      keys: new Map(
        met.flatMap(({ ids, verifierKey }) => (verifierKey === undefined ? [] : ids.map((id) => [id, verifierKey]))),
      ),
      parties: new Set([
        ...met.flatMap(({ ids }) => ids),
        ...(result?.rounds ?? []).flatMap(({ participants }) => participants),
      ]),
    },
  };
}

function roundsOf(end: AuditEvent | undefined): number | undefined {
  const rounds = end?.details['rounds'];
  return typeof rounds === 'number' ? rounds : undefined;
}

/** Of all starts: who was met at one of them has said its key. */
function metIn(events: readonly AuditEvent[]): z.output<typeof startSchema>['sites'] {
  return events
    .filter(({ type }) => type === 'run-start' || type === 'run-resume')
    .flatMap(({ details }) => startSchema.safeParse(details).data?.sites ?? []);
}

/** As far as the log can be read. */
async function eventsOf(directory: string): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  try {
    for await (const { event } of readAuditLog(directory)) events.push(event);
  } catch (error) {
    if (!hasCode(error, 'AUDIT_TAMPERED')) throw error;
  }
  return events;
}

async function planOf(directory: string, bytes: Buffer | undefined): Promise<RunEvidence['plan']> {
  if (!bytes) return { fault: 'the file is missing' };
  const written = parsed(bytes) as { schemaVersion?: unknown; runId?: unknown; planHash?: unknown } | undefined;
  const said = {
    ...(typeof written?.runId === 'string' && { runId: written.runId }),
    ...(typeof written?.planHash === 'string' && { planHash: written.planHash }),
  };
  if (written?.schemaVersion === 1) return { ...said, older: true };
  try {
    await readPlan(directory);
    return said;
  } catch (error) {
    return { ...said, fault: isFedwardError(error) ? error.message : String(error) };
  }
}

function resultOf(bytes: Buffer | undefined): RunEvidence['result'] {
  return bytes && (resultSchema.safeParse(parsed(bytes)).data ?? null);
}

function modelOf(bytes: Buffer | undefined): RunEvidence['model'] {
  if (!bytes) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const layout = createLayout(tensors);
    const values = new Float32Array(layout.size);
    tensors.forEach((tensor, n) => values.set(tensor.values, layout.tensors[n]!.offset));
    return { digest: digestTensors(createParameters(layout, values)), planHash: metadata['planHash'] };
  } catch {
    return null;
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
