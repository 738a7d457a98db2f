import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAuditLog, verifyAuditLog, type AuditVerification } from '@fedward/audit';
import {
  createLayout,
  createParameters,
  decodeSafetensors,
  digestParameters,
  hasCode,
  isFedwardError,
  sha256,
  type AuditEvent,
} from '@fedward/core';
import * as z from 'zod';
import { readPlan, runPaths } from './run-folder.js';
import { sealedFiles, type SealedFile } from './seal.js';

/**
 * `sealed`: the log's last entry vouches for plan, result, model and report. `unfinished`: the last round is not done.
 * `unsealed`: it is, and the results are missing or were never sealed; `--resume` does it. `older`: of a version that did
 * not seal.
 */
export type RunState = 'sealed' | 'unfinished' | 'unsealed' | 'older';

export interface RunFault {
  /** The file that is at fault, relative to the run's folder. */
  readonly file: string;
  readonly message: string;
}

export interface CheckedFile {
  readonly file: SealedFile;
  /** SHA-256 of its bytes, hexadecimal, as `sha256sum` prints it; null where there is no such file. */
  readonly sha256: string | null;
  /** What the log says: in its seal, of the plan also in its first entry. Null where it says nothing. */
  readonly logged: string | null;
}

export interface RunVerification {
  /**
   * True for a sealed run in which nothing differs, and for one without a result yet, of which nothing is claimed: `state`
   * tells them apart.
   */
  readonly ok: boolean;
  readonly state: RunState;
  readonly runId: string | null;
  readonly planHash: string | null;
  readonly log: AuditVerification;
  readonly files: readonly CheckedFile[];
  /** Digest of the model's weights alone, in whatever file: what log, result and screen call the model's digest. */
  readonly modelParameters: string | null;
  /** What is wrong beside the log itself. */
  readonly faults: readonly RunFault[];
}

const sealSchema = z.object({ sha256: z.record(z.string(), z.string()) });
const resultSchema = z.object({
  runId: z.string(),
  planHash: z.string(),
  model: z.object({ sha256: z.string() }),
  audit: z.object({ root: z.string(), events: z.int() }),
});

/**
 * Checks a run's folder: its log (see `verifyAuditLog`), the files that the log's last entry vouches for, and that all of
 * them are of one run and one plan.
 *
 * @param expectedRoot a root that was noted elsewhere, of the whole log or of an earlier moment
 * @throws {FedwardError} FILE_NOT_FOUND where there is no log, AUDIT_FAILED where it can't be read; never for what is in
 *   the files
 */
export async function verifyRun(directory: string, expectedRoot?: string): Promise<RunVerification> {
  const paths = runPaths(directory);
  const log = await verifyAuditLog(paths.audit, expectedRoot === undefined ? {} : { expectedRoot });
  const faults: RunFault[] = [];
  const accuse = (file: string, message: string): void => void faults.push({ file, message });
  const events = await eventsOf(paths.audit);
  const find = (type: AuditEvent['type']): AuditEvent | undefined => events.find((event) => event.type === type);
  const textOf = (event: AuditEvent | undefined, name: string): string | undefined => {
    const value = event?.details[name];
    return typeof value === 'string' ? value : undefined;
  };

  const contents = new Map<SealedFile, Buffer>();
  for (const file of sealedFiles) {
    const bytes = await readFile(join(directory, file)).catch(() => undefined);
    if (bytes) contents.set(file, bytes);
  }
  const plan = await planOf(directory, contents.get('plan.json'));
  if (plan.fault !== undefined) accuse('plan.json', plan.fault);
  const end = find('run-end');
  const seal = find('run-sealed');
  const state: RunState = seal ? 'sealed' : plan.older ? 'older' : end ? 'unsealed' : 'unfinished';

  const sealed = seal && sealSchema.safeParse(seal.details).data?.sha256;
  const planned = textOf(find('run-planned'), 'planFile');
  const files = sealedFiles.map((file): CheckedFile => {
    const bytes = contents.get(file);
    const found = bytes ? sha256(bytes) : null;
    const logged = sealed?.[file] ?? (file === 'plan.json' ? planned : undefined) ?? null;
    if (seal && sealed?.[file] === undefined) accuse(file, 'the seal says nothing of it');
    else if (logged !== null && found === null) accuse(file, 'the file is missing');
    else if (logged !== null && found !== logged)
      accuse(file, `it was changed: its SHA-256 is ${found}, the log says ${logged}`);
    return { file, sha256: found, logged };
  });
  if (seal && events.at(-1) !== seal) accuse('audit/log.jsonl', 'there are entries behind the seal');

  // All of one run and one plan.
  const result = resultOf(contents.get('result.json'), accuse);
  const model = modelOf(contents.get('model.safetensors'), accuse);
  const logged = textOf(find('run-start'), 'planHash');
  const runId = plan.runId ?? events[0]?.runId ?? null;
  const foreign = events.find((event) => event.runId !== runId)?.runId;
  for (const [file, id] of [
    ['audit/log.jsonl', foreign],
    ['result.json', result?.runId],
  ] as const)
    if (id !== undefined && runId !== null && id !== runId) accuse(file, `it is of run ${id}, this is run ${runId}`);
  const planHash = plan.planHash ?? logged ?? null;
  for (const [file, hash] of [
    ['audit/log.jsonl', logged],
    ['result.json', result?.planHash],
    ['model.safetensors', model?.planHash],
  ] as const)
    if (hash !== undefined && planHash !== null && hash !== planHash)
      accuse(file, `it is of the plan ${hash}, this run's is ${planHash}`);

  // A result, a model or a report that nothing vouches for.
  const claimed = sealedFiles.some((file) => file !== 'plan.json' && contents.has(file));
  if (state === 'unfinished')
    for (const file of sealedFiles)
      if (file !== 'plan.json' && contents.has(file)) accuse(file, 'the run is not finished, and has none yet');

  const ended = textOf(end, 'modelSha256');
  if (model && ended !== undefined && model.digest !== ended)
    accuse('model.safetensors', `its weights have the digest ${model.digest}, the run ended with ${ended}`);
  if (result && ended !== undefined && result.model.sha256 !== ended)
    accuse(
      'result.json',
      `it says that the weights have the digest ${result.model.sha256}, the run ended with ${ended}`,
    );
  if (result && log.ok && !(await hadRoot(paths.audit, result.audit)))
    accuse('result.json', `its audit root is not the log's over the first ${result.audit.events} entries`);

  return {
    ok: log.ok && faults.length === 0 && (state === 'sealed' || (state !== 'older' && !claimed)),
    ...{ state, runId, planHash, log, files, faults },
    modelParameters: model?.digest ?? null,
  };
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

async function planOf(
  directory: string,
  bytes: Buffer | undefined,
): Promise<{ runId?: string; planHash?: string; older?: boolean; fault?: string }> {
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

type Accuse = (file: string, message: string) => void;

function resultOf(bytes: Buffer | undefined, accuse: Accuse): z.output<typeof resultSchema> | undefined {
  if (!bytes) return undefined;
  const result = resultSchema.safeParse(parsed(bytes));
  if (!result.success) accuse('result.json', 'it is not the result of a run');
  return result.data;
}

function modelOf(
  bytes: Buffer | undefined,
  accuse: Accuse,
): { readonly digest: string; readonly planHash: string | undefined } | undefined {
  if (!bytes) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const layout = createLayout(tensors);
    const values = new Float32Array(layout.size);
    tensors.forEach((tensor, n) => values.set(tensor.values, layout.tensors[n]!.offset));
    return { digest: digestParameters(createParameters(layout, values)), planHash: metadata['planHash'] };
  } catch {
    accuse('model.safetensors', 'it is not a model');
    return undefined;
  }
}

/** Whether the log once had the root that a result tells, over as many entries. */
async function hadRoot(directory: string, { root, events }: { root: string; events: number }): Promise<boolean> {
  return (
    (await verifyAuditLog(directory, { expectedRoot: root, expectedSize: events }).catch(() => undefined))?.ok ?? false
  );
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
