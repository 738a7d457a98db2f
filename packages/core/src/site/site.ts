import { FedwardError, incompatible } from '../base/errors.js';
import type { Client } from '../interfaces/client.js';
import { protocolVersion } from '../interfaces/description.js';
import { memoryAnswerStore, memoryClientStore } from '../memory/stores.js';
import { isTrainingPlan, planHash } from '../plan/plan.js';
import { compressionOf } from '../privacy/compression.js';
import { protectionOf, type Protection } from '../privacy/protection.js';
import { secretRandomness } from '../random/randomness.js';
import { version } from '../version.js';
import { answering } from './answering.js';
import { calling } from './calling.js';
import { evaluating } from './evaluating.js';
import { guarded } from './guarded.js';
import { RoundMemory } from './kept.js';
import { Office, type Common } from './office.js';
import type { OwnSiteOptions, SharedSiteOptions, SiteOptions } from './options.js';
import { queryWork } from './query-work.js';
import { assertScorePaid } from './records.js';
import { trainingWork } from './training-work.js';
import { assertMayStart } from './start.js';
import type { Work } from './work.js';

/**
 * A hospital: the host's own rules, gate, ledger, work, mechanisms, local audit, and the rules again, in this order. Nothing leaves before all of them
 * have had their say, and nothing is charged for a task that can't be carried out.
 *
 * Where a mechanism has a price, what it did not pay for stays here: metrics, what went wrong in an answer (unless all
 * is a simulation), and the number of records (`weight` is then 1) unless it is the same for all neighbours. A round
 * is then answered once: asked the same again, because its answer was lost, a site gives the same answer again, which
 * tells nothing new. Asked anything else for that round it refuses, unless a ledger is charged once more.
 *
 * @throws {FedwardError} DATA_EMPTY without records; CONFIG_INCOMPATIBLE for other plugins than the plan names, for a
 *   trainer that does not provide what they ask of it, for data without patient ids where the
 *   gradients of patients are clipped, for data with `sharedStatistics` where records or patients have a price, and for
 *   scores of a personal model that are to be paid for; DATA_MALFORMED, DATA_NOT_FINITE or LABEL_INVALID for data that don't fit the model
 *   of a plan with privacy mechanisms; what the mechanisms' `validate` throws. Data given by a function are looked at when
 *   they are needed, and the round fails then
 */
export function createSite(options: SiteOptions): Client {
  return siteFactory(options)(options);
}

/**
 * `createSite` for many sites under one plan, which is checked and hashed once: a site made when it is asked then
 * costs next to nothing.
 * @throws {FedwardError} as `createSite`
 */
export function siteFactory(shared: SharedSiteOptions): (own: OwnSiteOptions) => Client {
  const { plan, mechanisms = [] } = shared;
  const protection = protectionOf(plan, mechanisms);
  compressionOf(plan, shared.compression, mechanisms);
  const work = workOf(shared, protection);
  assertMayStart(shared.startsFrom, work);
  const bounded = mechanisms.find(({ requires }) => requires.includes('bounded-answers'));
  if (bounded && work.sensitivity === undefined)
    throw incompatible(
      `${bounded.name} needs a query that says how far one ${plan.privacy?.unit ?? 'record'} moves its answer (\`sensitivity\`)`,
    );
  if (isTrainingPlan(plan) && plan.evaluation) assertScorePaid(work, protection);
  const common: Common = {
    ...shared,
    mechanisms,
    protection,
    work,
    approved: planHash(plan),
    kept: new RoundMemory(),
    store: shared.store ?? memoryClientStore(),
    answers: shared.answers ?? memoryAnswerStore(),
    randomness: shared.randomness ?? secretRandomness(),
    now: shared.now ?? (() => new Date().toISOString()),
  };
  return (own) => siteOf(common, own);
}

function workOf({ plan, trainer, strategy, query }: SharedSiteOptions, protection: Protection): Work {
  if (isTrainingPlan(plan)) {
    if (trainer) return trainingWork(plan, trainer, strategy, protection);
    throw incompatible(`the plan names trainer ${plan.training.trainer}, the site has none`, 'training.trainer');
  }
  if (query) return queryWork(plan, query);
  throw incompatible(`the plan asks the query ${plan.query.name}, the site has none`, 'query.name');
}

function siteOf(common: Common, options: OwnSiteOptions): Client {
  const policy = options.policy ?? common.policy;
  const own = policy ? { ...options, data: askedOnce(options.data) } : options;
  const office = new Office(common, own);
  const site = unguarded(office);
  return policy ? guarded(site, office, policy) : site;
}

/** Rules look at the records as well as the work. */
function askedOnce(data: OwnSiteOptions['data']): OwnSiteOptions['data'] {
  if (typeof data !== 'function') return data;
  let asked: ReturnType<typeof data> | undefined;
  return () => (asked ??= data());
}

function unguarded(office: Office): Client {
  const { common, own } = office;
  const { work, approved, randomness, software = [] } = common;
  const { id, ledger, dataSheet } = own;
  return {
    id,
    answer: answering(office),
    evaluate: evaluating(office),
    call: calling(office),
    async describe() {
      await work.prepare();
      return {
        protocol: protocolVersion,
        clientId: id,
        software: [{ name: '@fedward/core', version }, ...software],
        approved: [approved],
        work: work.description(),
        ...(dataSheet !== undefined && { dataSheet }),
        keepsLedger: ledger?.outlivesRuns ?? false,
        noise: randomness.simulationOnly ? 'seeded' : 'secret',
        ...(await office.ownLog.introduction()),
      };
    },
    async propose(proposed) {
      const hash = planHash(proposed);
      if (hash === approved) return;
      throw new FedwardError('PLAN_NOT_APPROVED', `${id} has approved ${approved}, was proposed ${hash}`, id);
    },
  };
}
