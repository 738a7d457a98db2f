import { fileOfRound, verifyCertificate, type CertificateVerification } from '@fedward/audit';
import { coordinator, sha256 } from '@fedward/core';
import type { RunEvidence } from './run-evidence.js';
import { keyNameOf } from './run-keys.js';
import type { RunFault } from './run-fault.js';

/** A certificate of a run's folder, as far as it holds. */
export interface HeldCertificate {
  /** Relative to the run's folder. */
  readonly file: string;
  readonly shown: CertificateVerification;
}

/** What the certificates of a run show, and what is wrong with them. */
export interface CertificatesFound {
  /** Those in which nothing is wrong, in the order of their rounds. */
  readonly held: readonly HeldCertificate[];
  readonly faults: readonly RunFault[];
}

/**
 * Checks each certificate by itself, and all of them against the seal, the plan, the result, and each other: the model
 * after a round is the one before the next, and the last is the run's.
 * @param keys verifier keys that are trusted
 */
export function verifyCertificates(
  evidence: RunEvidence,
  files: ReadonlyMap<string, Buffer>,
  {
    keys,
    runId,
    planHash,
  }: { readonly keys: readonly string[]; readonly runId: string | null; readonly planHash: string | null },
): CertificatesFound {
  const faults: RunFault[] = [];
  const held: HeldCertificate[] = [];
  const { certificates: sealed } = evidence.logged.sealed;
  for (const [name, bytes] of files) {
    const file = fileOf(name);
    const before = faults.length;
    const fault = (message: string): void => void faults.push({ file, message });
    const digest = sha256(bytes);
    if (sealed && sealed[name] === undefined) fault('the seal says nothing of it');
    else if (sealed && sealed[name] !== digest)
      fault(`it was changed: its SHA-256 is ${digest}, the log says ${sealed[name]}`);
    const shown = verifyCertificate(parsed(bytes), keys);
    for (const { part, message } of shown.faults) fault(`${part}: ${message}`);
    if (shown.runId !== null && shown.runId !== runId) fault(`it is of run ${shown.runId}, this is run ${runId}`);
    if (shown.round !== null && fileOfRound(shown.round) !== name) fault(`it is of round ${shown.round}`);
    const { certified } = shown;
    if (certified && planHash !== null && certified.planHash !== planHash)
      fault(`it is of the plan ${certified.planHash}, this run's is ${planHash}`);
    for (const message of [...misnamedIn(shown), ...otherKeys(shown, evidence)]) fault(message);
    for (const message of otherRound(shown, evidence)) fault(message);
    if (faults.length === before) held.push({ file, shown });
  }
  for (const name of Object.keys(sealed ?? {}))
    if (!files.has(name)) faults.push({ file: fileOf(name), message: 'the file is missing' });
  return {
    held,
    faults: [...faults, ...missingRounds(evidence, files), ...brokenChain(held, evidence), ...answeredTwice(held)],
  };
}

function fileOf(name: string): string {
  return `certificates/${name}`;
}

/**
 * Those that sign with a key which is not called as they are: whose it is nobody can tell. Across hospitals the coordinator's
 * is called by its federation, too (`heart/coordinator`): no hospital's name has a slash.
 */
export function misnamedIn({ coordinator: server, sites }: CertificateVerification): string[] {
  const called = (verifierKey: string): string => verifierKey.slice(0, verifierKey.indexOf('+'));
  const others = sites.filter(({ id, verifierKey }) => called(verifierKey) !== keyNameOf(id));
  const byAnother = server && !/^([^/]+\/)?coordinator$/.test(called(server.verifierKey));
  return [
    ...(byAnother ? [notItsOwn(coordinator, server.verifierKey)] : []),
    ...others.map(({ id, verifierKey }) => notItsOwn(id, verifierKey)),
  ];
}

/** Those that sign with another key than they said as the run began. */
function otherKeys({ sites }: CertificateVerification, { logged }: RunEvidence): string[] {
  return sites
    .filter(({ id, verifierKey }) => (logged.keys.get(id) ?? verifierKey) !== verifierKey)
    .map(({ id, verifierKey }) => notItsOwn(id, verifierKey));
}

function notItsOwn(id: string, verifierKey: string): string {
  return `${id} signs with the key ${verifierKey}, which is not its own`;
}

/** An answer is in one sum: certificates that have one which an earlier one has already. */
export function answeredTwice(held: readonly HeldCertificate[]): RunFault[] {
  const rounds = new Map<string, number | null>();
  return held.flatMap(({ file, shown: { round, sites } }) =>
    sites.flatMap(({ id, index }) => {
      const before = rounds.get(`${index} ${id}`);
      if (before === undefined) rounds.set(`${index} ${id}`, round);
      const message = `the answer of ${id}, entry ${index} of its log, is in the sum of round ${before} already`;
      return before === undefined ? [] : [{ file, message }];
    }),
  );
}

/** What result.json says of the same round. */
function otherRound({ round, certified }: CertificateVerification, { result }: RunEvidence): string[] {
  if (!result || !certified) return [];
  const told = result.rounds.find((one) => one.round === round);
  if (!told) return [`result.json has no round ${round}`];
  const same = told.participants.length === certified.participants.length && told.participants.every((id, n) => id === certified.participants[n]); // prettier-ignore
  return [
    ...(same
      ? []
      : [`${certified.participants.join(', ')} took part, result.json says ${told.participants.join(', ')}`]),
    ...(told.epsilon === certified.epsilon
      ? []
      : [`epsilon is ${certified.epsilon}, result.json says ${told.epsilon}`]),
  ];
}

/**
 * Rounds that released something and have no certificate, in a run that has any. The last that the log knows of may have none
 * yet in a run that was stopped.
 */
function missingRounds({ result, logged, events }: RunEvidence, files: ReadonlyMap<string, Buffer>): RunFault[] {
  if (logged.keys.size === 0) return [];
  const certified = new Set<number>();
  for (const { type, round } of events) {
    if (round === undefined) continue;
    if (type === 'round-start') certified.delete(round); // begun again after a crash, and it may have failed then
    if (type === 'round-certified') certified.add(round);
  }
  const said = [...certified];
  const released = (result?.rounds ?? []).filter(({ failure }) => failure === undefined).map(({ round }) => round);
  return [...new Set([...(logged.ended ? said : said.slice(0, -1)), ...released])]
    .map(fileOfRound)
    .filter((name) => !files.has(name) && logged.sealed.certificates?.[name] === undefined) // else it was said
    .map((name) => ({ file: fileOf(name), message: 'the file is missing' }));
}

function brokenChain(held: readonly HeldCertificate[], { logged, result }: RunEvidence): RunFault[] {
  const faults: RunFault[] = [];
  /** Whether no round between these two released anything. */
  const adjacent = (from: number, to: number): boolean =>
    to === from + 1 ||
    (result?.rounds ?? []).filter(({ round, failure }) => round > from && round < to && failure !== undefined)
      .length ===
      to - from - 1;
  for (const [n, { file, shown }] of held.entries()) {
    const next = held[n + 1];
    // Where one between them does not hold, or is missing, nothing is known of the models there.
    const follows = next && adjacent(shown.round!, next.shown.round!);
    const { after } = shown.certified!.model;
    if (follows && next.shown.certified!.model.before !== after)
      faults.push({
        file: next.file,
        message: `it begins with the model ${next.shown.certified!.model.before}, the round before ended with ${after}`,
      });
    const isLast = !next && logged.rounds !== undefined && adjacent(shown.round!, logged.rounds);
    if (isLast && logged.weights !== undefined && after !== logged.weights)
      faults.push({ file, message: `the model after it is ${after}, the run ended with ${logged.weights}` });
  }
  return faults;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
