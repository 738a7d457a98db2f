import { canonicalJson, composeEvents, FedwardError, hasCode, type DpEvent } from '@fedward/core';
import { entriesAfter, type Release } from './entries.js';
import { pathsIn } from './files.js';
import { renyiFilterName } from './accountant-names.js';
import { amendedTerms } from './ledger.js';
import { pricingOf, type Accountants, type Pricing } from './pricing.js';
import { Signatures, type LedgerSignature } from './signatures.js';
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
  /**
   * Of its releases alone, by `pld` where the ledger is priced by a filter: its settings were fixed before it began. The
   * epsilon of several studies is not the sum of theirs.
   */
  readonly epsilon: number;
}

/** What a ledger says, for people and programs. */
export interface LedgerReport {
  readonly directory: string;
  readonly terms: LedgerTerms;
  readonly releases: number;
  /** The accountant that prices it. An old ledger may name `pld` or `rdp` in its terms: it is priced by `rdp-filter`. */
  readonly accountant: string;
  /**
   * How far all of them together use up the budget, at the terms' delta. What is proved, whatever later studies were chosen
   * for, is the budget; this epsilon is a bound where no earlier result had a part in what was released afterwards, or in
   * the decision to stop. Null for a damaged ledger: it can't be known.
   */
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
  /** What is signed, and by whom; all of it was checked. Null for a ledger that is not signed. */
  readonly signature: LedgerSignature | null;
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
  let { terms } = known;
  const signatures = new Signatures(paths, known);
  const pricing = pricingOf(terms, options.accountants);
  const heads = [known.hash];
  const releases: Release[] = [];
  let fault: LedgerReport['fault'] = null;
  try {
    for await (const entry of entriesAfter(paths, { count: 0, hash: known.hash })) {
      await signatures.take(entry);
      if (entry.amendment) terms = amendedTerms(terms, entry.amendment, paths.directory);
      else releases.push(entry.release);
      heads.push(entry.head.hash);
    }
  } catch (error) {
    if (!hasCode(error, 'LEDGER_DAMAGED')) throw error;
    fault = { path: error.subject ?? paths.directory, message: error.message };
  }
  const epsilon = fault ? null : pricing.price(compositionOf(releases));
  return {
    directory: paths.directory,
    terms,
    accountant: pricing.accountant,
    releases: releases.length,
    epsilon,
    left: epsilon === null ? null : terms.budget - epsilon,
    studies: studiesOf(releases).map((study) => studyReport(study, pricing)),
    assumptions: assumptionsOf(releases, terms, pricing),
    head: heads.at(-1)!,
    heads,
    signature: signatures.state,
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

function studyReport(releases: readonly Release[], { priceAlone }: Pricing): StudyReport {
  const [first, last] = [releases[0]!, releases.at(-1)!];
  return {
    planHash: first.planHash,
    runId: first.runId,
    releases: releases.length,
    rounds: [...new Set(releases.map(({ round }) => round))],
    first: first.time,
    last: last.time,
    epsilon: priceAlone(compositionOf(releases)),
  };
}

function assumptionsOf(
  releases: readonly Release[],
  { budget, accountant: named, dataDigest }: LedgerTerms,
  { accountant }: Pricing,
): string[] {
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
    `the budget, epsilon ${budget}, holds however studies were chosen; what is spent below it is a bound only where none ` +
      'was begun, set up or ended by what an earlier one showed',
    ...(accountant === renyiFilterName
      ? ['an epsilon alone, by pld, is of one study whose settings were fixed before it began']
      : []),
    ...(accountant === named ? [] : [oldAccountant(named, accountant)]),
    ...(dataDigest === undefined ? ['the data are those of its name: it was made without a digest of them'] : []),
  ];
}

function compositionOf(releases: readonly Release[]): DpEvent {
  return composeEvents(...releases.map(({ event }) => event));
}

function oldAccountant(named: string, accountant: string): string {
  return (
    `it was made for accountant ${named}, whose sum is no proof where a study was chosen by an earlier one's result: it is ` +
    `priced by ${accountant}, which says more`
  );
}
