import { canonicalJson, composeEvents, FedwardError, hasCode, type DpEvent } from '@fedward/core';
import { accountants as ownAccountants } from '../registry.js';
import { pathsIn } from './files.js';
import { pricingOf, type Accountants } from './pricing.js';
import { releasesAfter, type Release } from './releases.js';
import { readTerms, type LedgerTerms } from './terms.js';

/** What one run has taken of a data set's budget. */
export interface StudyReport {
  readonly planHash: string;
  readonly runId: string;
  /** A round that was run again after a crash was released, and is counted, twice. */
  readonly releases: number;
  /** In the order in which they were charged, each once. */
  readonly rounds: readonly number[];
  /** Times of its first and its last charge. */
  readonly first: string;
  readonly last: string;
  /** Of its releases alone. The epsilon of several studies is not the sum of theirs. */
  readonly epsilon: number;
}

export interface LedgerReport {
  readonly directory: string;
  readonly terms: LedgerTerms;
  readonly releases: number;
  /** What all of them together cost, at the terms' delta. Null for a damaged ledger: it can't be known. */
  readonly epsilon: number | null;
  /** Budget less epsilon. */
  readonly left: number | null;
  readonly studies: readonly StudyReport[];
  /** What the epsilons take for granted, in words. */
  readonly assumptions: readonly string[];
  /** Vouches for terms and releases, all of them: to be kept where those who can write to the ledger can't reach it. */
  readonly head: string;
  /** Every hash that was the head once: one that was kept and is not here shows that releases were taken away. */
  readonly heads: readonly string[];
  /** What is wrong with it; the releases above are then those before it. */
  readonly fault: { readonly path: string; readonly message: string } | null;
}

/**
 * Reads and verifies a ledger, and adds up what it says. Others may charge it at the same time.
 * @throws {FedwardError} FILE_NOT_FOUND where there is none; LEDGER_DAMAGED where not even its terms can be read;
 *   PLUGIN_UNKNOWN, EVENT_UNSUPPORTED where its accountant is not installed or can't price it; STORAGE_FAILED
 */
export async function readLedger(
  directory: string,
  options: { readonly accountants?: Accountants } = {},
): Promise<LedgerReport> {
  const paths = pathsIn(directory);
  const known = await readTerms(paths);
  if (!known) throw new FedwardError('FILE_NOT_FOUND', `there is no ledger in ${directory}`, directory);
  const { terms } = known;
  const price = pricingOf(terms, options.accountants ?? ownAccountants);
  const heads = [known.hash];
  const releases: Release[] = [];
  let fault: LedgerReport['fault'] = null;
  try {
    for await (const { release, head } of releasesAfter(paths, { count: 0, hash: known.hash })) {
      releases.push(release);
      heads.push(head.hash);
    }
  } catch (error) {
    if (!hasCode(error, 'LEDGER_DAMAGED')) throw error;
    fault = { path: error.subject ?? paths.directory, message: error.message };
  }
  const epsilon = fault ? null : price(compositionOf(releases));
  return {
    directory: paths.directory,
    terms,
    releases: releases.length,
    epsilon,
    left: epsilon === null ? null : terms.budget - epsilon,
    studies: studiesOf(releases).map((study) => studyReport(study, price)),
    assumptions: assumptionsOf(releases),
    head: heads.at(-1)!,
    heads,
    fault,
  };
}

function studiesOf(releases: readonly Release[]): Release[][] {
  const studies = new Map<string, Release[]>();
  for (const release of releases) {
    const key = `${release.planHash} ${release.runId}`;
    const study = studies.get(key);
    if (study) study.push(release);
    else studies.set(key, [release]);
  }
  return [...studies.values()];
}

function studyReport(releases: readonly Release[], price: (history: DpEvent) => number): StudyReport {
  const [first, last] = [releases[0]!, releases.at(-1)!];
  return {
    planHash: first.planHash,
    runId: first.runId,
    releases: releases.length,
    rounds: [...new Set(releases.map(({ round }) => round))],
    first: first.time,
    last: last.time,
    epsilon: price(compositionOf(releases)),
  };
}

function assumptionsOf(releases: readonly Release[]): string[] {
  const events = canonicalJson(compositionOf(releases));
  const sampling = [
    ...(events.includes('"poisson-sampled"')
      ? ['each unit was in each sampled step with the probability of its event, independently and in secret']
      : []),
    ...(events.includes('"fixed-size-sampled"')
      ? ['each sampled step drew as many units as its event says, without replacement and in secret']
      : []),
  ];
  return [
    ...(sampling.length > 0 ? sampling : ['no amplification by sampling is claimed']),
    'whatever was released of these data is in this ledger',
  ];
}

function compositionOf(releases: readonly Release[]): DpEvent {
  return composeEvents(...releases.map(({ event }) => event));
}
