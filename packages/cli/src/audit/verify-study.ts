import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertNoted,
  fileOfRound,
  readCertificateFiles,
  readWitness,
  verifyAuditLog,
  verifyCertificate,
  type AuditVerification,
  type Certified,
  type KeptHead,
} from '@fedward/audit';
import { digestTensors, hasCode, wordsOf } from '@fedward/core';
import { readBytes, readJson } from '@fedward/kit-files';
import { readVerifierKeys } from '@fedward/kit-keys';
import { decodeWeights } from '@fedward/model-bundle';
import { misnamedIn, type RunFault } from '@fedward/sim-healthcare';
import * as z from 'zod';
import { verifySeal } from './study-seal.js';

/** What the folder of a study across hospitals shows. The hospitals' logs lie with them. */
export interface StudyVerification {
  readonly ok: boolean;
  readonly study: string;
  /** The coordinator's. */
  readonly log: AuditVerification;
  readonly faults: readonly RunFault[];
  /** Rounds whose certificate holds. */
  readonly certified: readonly number[];
  /** SHA-256 of each file that the log's last entry vouches for; none before the study is done. */
  readonly sealed: Readonly<Record<string, string>>;
  /** Digest of the weights that the last of them ends with. */
  readonly model: string | null;
  /** Hospitals whose signed heads the coordinator has noted. */
  readonly noted: readonly string[];
  readonly keys: 'given' | 'own';
}

/** Of `verifyStudy`. */
export interface StudyVerifyOptions {
  /** Verifier keys that are trusted. Default: the study's own `keys.txt`. */
  readonly keys?: readonly string[] | undefined;
  /** Of the coordinator's log, noted elsewhere. */
  readonly expectedRoot?: string;
  /** Heads of the coordinator's log that were kept elsewhere: signed checkpoints. */
  readonly heads?: readonly string[];
}

const studySchema = z.looseObject({ id: z.string(), initial: z.string().nullish() });
const resultSchema = z.looseObject({
  model: z.looseObject({ sha256: z.string() }),
  planHash: z.string(),
  privacy: z.looseObject({ epsilon: z.number().nullable() }).nullish(),
});

/** Whether a folder is that of a study across hospitals, and not of a simulation. */
export function isStudyFolder(folder: string): boolean {
  return existsSync(join(folder, 'study.json')) && !existsSync(join(folder, 'plan.json'));
}

/**
 * Checks a study's folder at the coordinator: its log, each round's certificate by itself and as a chain of models, what
 * was noted of the hospitals' logs, each file against the seal that the log ends with, whether the chain begins with the weights
 * that hospitals have approved, and whether result and model are those that the last certificate speaks of.
 *
 * @throws {FedwardError} FILE_NOT_FOUND without a log; FILE_INVALID, CONFIG_INVALID for files of another form
 */
export async function verifyStudy(folder: string, options: StudyVerifyOptions): Promise<StudyVerification> {
  const { id, initial } = studySchema.parse((await readJson(join(folder, 'study.json'))).json);
  const keys = options.keys ?? (await ownKeysOf(folder));
  const rounds = await certificatesIn(folder, id, keys);
  const heads: (KeptHead | string)[] = [...rounds.heads, ...(options.heads ?? [])];
  const { expectedRoot } = options;
  const log = await verifyAuditLog(join(folder, 'audit'), {
    keys: keys.filter(isCoordinators),
    heads,
    ...(expectedRoot !== undefined && { expectedRoot }),
  });
  const { noted, faults: ofNotes } = await notesIn(folder, keys);
  const model = rounds.held.at(-1)?.model.after ?? null;
  const { sealed, faults: ofSeal } = await verifySeal(folder);
  const ofStart = startFaults(initial, rounds.held[0]);
  const ofResult = await resultFaults(folder, rounds.held.at(-1));
  const faults = [...ofSeal, ...rounds.faults, ...ofStart, ...ofNotes, ...ofResult];
  return {
    ...{ ok: log.ok && faults.length === 0, study: id, log, faults, model, noted, sealed },
    certified: rounds.numbers,
    keys: options.keys ? 'given' : 'own',
  };
}

async function ownKeysOf(folder: string): Promise<string[]> {
  return (await readVerifierKeys(join(folder, 'keys.txt'))).map(({ verifierKey }) => verifierKey);
}

/** A coordinator's key is called by its federation, too: `heart/coordinator`. No hospital's can be. */
export function isCoordinators(key: string): boolean {
  return /^([^/+]+\/)?coordinator\+/.test(key);
}

async function certificatesIn(folder: string, study: string, keys: readonly string[]) {
  const faults: RunFault[] = [];
  const [held, numbers, heads]: [Certified[], number[], KeptHead[]] = [[], [], []];
  for (const [name, bytes] of await readCertificateFiles(join(folder, 'certificates'))) {
    const file = `certificates/${name}`;
    const before = faults.length;
    const fault = (message: string): void => void faults.push({ file, message });
    const shown = verifyCertificate(jsonOf(bytes), keys);
    for (const { part, message } of shown.faults) fault(`${part}: ${message}`);
    for (const message of misnamedIn(shown)) fault(message);
    if (shown.runId !== null && shown.runId !== study) fault(`it is of study ${shown.runId}, this is ${study}`);
    if (shown.round !== null && fileOfRound(shown.round) !== name) fault(`it is of round ${shown.round}`);
    const last = held.at(-1);
    if (last && shown.certified && shown.certified.model.before !== last.model.after)
      fault(
        `it begins with the model ${shown.certified.model.before}, the one before it ended with ${last.model.after}`,
      );
    if (faults.length > before || !shown.certified || shown.round === null) continue;
    held.push(shown.certified);
    numbers.push(shown.round);
    for (const head of [...(shown.coordinator ? [shown.coordinator.head] : []), ...shown.witnessed])
      heads.push({ size: head.size, root: head.root, by: file });
  }
  return { held, numbers, heads, faults };
}

/** What the coordinator has noted of hospitals' logs, each signed by its hospital. */
async function notesIn(folder: string, keys: readonly string[]) {
  const noted = new Set<string>();
  const faults: RunFault[] = [];
  const path = join(folder, 'witness');
  if (!existsSync(path)) return { noted: [], faults };
  const own = keys.find(isCoordinators);
  try {
    for (const head of await readWitness(path)) {
      const owner = keys.find((key) => key.startsWith(`${head.who}+`));
      if (owner === undefined || own === undefined) throw new Error(`there is no key of ${head.who} to check it by`);
      assertNoted(head, owner, own);
      noted.add(head.who);
    }
  } catch (error) {
    faults.push({ file: 'witness', message: `what it says does not hold: ${wordsOf(error)}` });
  }
  return { noted: [...noted].sort(), faults };
}

/** A certificate that is missing is for the seal to tell; a round that failed has none, and leaves the model as it was. */
function startFaults(initial: string | null | undefined, first: Certified | undefined): RunFault[] {
  if (!initial || !first || initial === `sha256:${first.model.before}`) return [];
  const message = `it starts from the weights ${initial}, the first certificate begins with sha256:${first.model.before}`;
  return [{ file: 'study.json', message }];
}

/** Of a study that is done. */
async function resultFaults(folder: string, last: Certified | undefined): Promise<RunFault[]> {
  const faults: RunFault[] = [];
  try {
    const result = resultSchema.parse((await readJson(join(folder, 'result.json'))).json);
    const said = result.model.sha256;
    if (!last) faults.push({ file: 'certificates', message: 'there is a result, and no certificate that holds' });
    // Scores at the sites may have been charged since; nothing is ever given back.
    const told = result.privacy ? (result.privacy.epsilon ?? Infinity) : 0;
    if (last && last.epsilon !== null && told < last.epsilon)
      faults.push({
        file: 'result.json',
        message: `its epsilon is ${told}, the last certificate's is ${last.epsilon}`,
      });
    if (last && said !== last.model.after)
      faults.push({
        file: 'result.json',
        message: `its model is ${said}, the last certificate's is ${last.model.after}`,
      });
    if (last && result.planHash !== last.planHash)
      faults.push({
        file: 'result.json',
        message: `it is of the plan ${result.planHash}, the certificates of ${last.planHash}`,
      });
    const weights = digestTensors(
      decodeWeights(await readBytes(join(folder, 'model.safetensors'), { mostBytes: 2 ** 32 })).weights,
    );
    if (weights !== said)
      faults.push({ file: 'model.safetensors', message: `its weights are ${weights}, result.json says ${said}` });
  } catch (error) {
    if (!hasCode(error, 'FILE_NOT_FOUND') || existsSync(join(folder, 'result.json')))
      faults.push({ file: 'result.json', message: wordsOf(error) });
  }
  return faults;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
