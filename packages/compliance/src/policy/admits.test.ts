import { parseQueryPlan, planHash, type Asked } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { askedOf, guardedSite, neverFired, ownPrivacy, planOf, recordsOf, rulesOf, taskOf } from '../testing/site.js';
import type { PolicyTools } from './rule.js';
import type { SitePolicyInput } from './schema.js';
import { sitePolicy } from './site-policy.js';

const event = { type: 'gaussian', noiseMultiplier: 1 } as const;
const priced = planOf({ privacy: { ...ownPrivacy, accountant: 'pld', delta: 1e-6, unit: 'patient' } });
const spends: Partial<Asked> = { plan: priced, event, eventOfPlan: event, adjacency: 'add-or-remove-one' };
const price = () => 2;
const queryPlan = parseQueryPlan({ schemaVersion: 1, name: 'counts', seed: 1, rounds: 1, aggregator: { name: 'sum' }, query: { name: 'q' } }); // prettier-ignore
const maximumEpsilon = { perRun: 3, delta: 1e-5, unit: 'record' } as const;
const permit = {
  ...{ id: 'P-1', purpose: 'e', users: ['TU'], datasets: ['heart', 'a'], outputs: ['model'] },
  ...{ from: '2026-01-01', until: '2026-03-02' },
};
const endpoints = [{ id: 'coordinator', country: 'DE' }, { id: 'b', country: 'FR' }]; // prettier-ignore
const declared = { schemaVersion: 1, users: ['TU'], endpoints, ehds: { permit } };
const permitted = (changes: object) => ({ declared: { ...declared, ehds: { permit: { ...permit, ...changes } } } });
const hours = { timeZone: 'Europe/Berlin', days: ['mon' as const], from: '08:00', until: '18:00' };

/** Rule, policy, what it lets in, what it refuses, and what is told. */
const cases: [string, Partial<SitePolicyInput>, Partial<Asked>, Partial<Asked>, RegExp, PolicyTools?][] = [
  ['plans', { plans: [planHash(planOf())] }, {}, { plan: planOf({ rounds: 5 }) }, /none of those/],
  ['work', { work: { trainers: ['still'] } }, {}, { plan: planOf({ training: { ...planOf().training, trainer: 'x' } }) }, /trainer x does not run here/], // prettier-ignore
  ['work', { work: { trainers: ['still'] } }, {}, { plan: queryPlan }, /query q/], // prettier-ignore
  ['models', { models: { losses: ['softmax-cross-entropy'] } }, {}, { plan: planOf({ model: { inputShape: [3], layers: [{ type: 'dense', units: 1 }], loss: 'squared-error' } }) }, /loss squared-error/], // prettier-ignore
  ['models', { models: { mostParameters: 8 } }, {}, { plan: planOf({ model: { ...planOf().model, inputShape: [4] } }) }, /10 parameters, the most here is 8/], // prettier-ignore
  ['models', { models: { layers: ['dense'] } }, {}, { plan: planOf({ model: { ...planOf().model, layers: [{ type: 'dense', units: 2 }, { type: 'scale', factor: 2 }] } as never }) }, /layer scale/], // prettier-ignore
  ['minimumRecords', { minimumRecords: 10 }, {}, { records: async () => 9 }, /too few records/],
  ['minimumHospitals', { minimumHospitals: 3 }, {}, { cohort: ['a', 'a', 'b'] }, /2 hospitals/],
  ['minimumHospitals', { minimumHospitals: 3 }, { kind: 'plan' }, { kind: 'plan', plan: planOf({ cohort: { select: 'uniform', size: 2 } }) }, /2 hospitals/], // prettier-ignore
  ['requireSecureAggregation', { requireSecureAggregation: { mechanism: 'own' } }, { plan: planOf({ privacy: ownPrivacy }) }, {}, /name own last/], // prettier-ignore
  ['requireSecretNoise', { requireSecretNoise: true }, {}, { simulationOnly: true }, /--secure-noise/],
  ['maximumEpsilon', { maximumEpsilon }, spends, {}, /nothing in the plan has a price/, { price }],
  ['maximumEpsilon', { maximumEpsilon: { ...maximumEpsilon, unit: 'patient' } }, spends, { ...spends, plan: planOf({ privacy: { ...priced.privacy!, unit: 'record' } }) }, /set privacy.unit/, { price }], // prettier-ignore
  ['maximumEpsilon', { maximumEpsilon: { ...maximumEpsilon, delta: 1e-6 } }, spends, { ...spends, plan: planOf({ privacy: { ...priced.privacy!, delta: 1e-5 } }) }, /privacy.delta/, { price }], // prettier-ignore
  ['maximumEpsilon', { maximumEpsilon: { ...maximumEpsilon, inAll: 9 } }, { ...spends, keepsLedger: true }, spends, /--ledger/, { price, ledgerBudget: 9 }], // prettier-ignore
  ['maximumEpsilon', { maximumEpsilon }, spends, { ...spends, kind: 'evaluation' }, /no scores in round 0/, { price }],
  ['hours', { hours }, {}, { time: '2026-03-02T17:00:00.000Z' }, /ask again/],
  ['hours', { hours }, {}, { time: '2026-03-03T10:00:00.000Z' }, /ask again/],
  ['hours', { hours: { ...hours, from: '00:00', until: '24:00' } }, { time: '2026-03-02T22:59:59.000Z' }, { time: '2026-03-02T23:00:00.000Z' }, /ask again/], // prettier-ignore
  ['countries', { countries: ['DE', 'FR'] }, { declared }, { declared: { endpoints: [...endpoints, { id: 'c', country: 'US' }] } }, /endpoint c in US/], // prettier-ignore
  ['countries', { countries: ['DE', 'FR'] }, { declared }, {}, /declares no countries/],
  ['permit', { permit: { dataset: 'heart' } }, { declared }, {}, /no whole data permit/],
  ['permit', { permit: {} }, { declared, time: '2026-03-02T23:59:59.000Z' }, { declared, time: '2026-03-03T00:00:00.000Z' }, /permit P-1 ended on 2026-03-02/], // prettier-ignore
  [
    'permit',
    { permit: {} },
    { declared },
    { declared, time: '2025-12-31T23:59:59.000Z' },
    /permit P-1 begins on 2026-01-01/,
  ],
  ['permit', { permit: { purposes: ['e'] } }, { declared }, permitted({ purpose: 'd' }), /has the purpose d; here it is e/], // prettier-ignore
  ['permit', { permit: {} }, { declared }, { declared: { ...declared, users: ['TU', 'Ads'] } }, /as users: Ads$/],
  ['permit', { permit: { dataset: 'heart' } }, { declared }, permitted({ datasets: ['a'] }), /as data: heart$/], // prettier-ignore
  ['permit', { permit: {} }, { ...permitted({ datasets: ['sha256:s'] }), dataSheet: 'sha256:s' }, permitted({ datasets: ['b'] }), /as data: a$/], // prettier-ignore
  ['permit', { permit: {} }, { declared }, permitted({ outputs: ['statistics'] }), /as outputs: model$/],
  ['permit', { permit: {} }, { declared }, { declared, kind: 'evaluation' }, /as outputs: site-scores$/],
  ['permit', { permit: { ids: ['P-1'] } }, { declared }, permitted({ id: 'P-2' }), /P-2 is not known/],
  ['software', { software: { '@fedward/core': ['0.1.*'] } }, {}, { software: [{ name: '@fedward/core', version: '0.2.0' }] }, /0.2.0 runs here/], // prettier-ignore
  ['software', { software: { '@fedward/core': ['0.1.*'] } }, {}, { software: [{ name: 'constructor', version: '1' }] }, /no software that may run/], // prettier-ignore
];

describe('what a policy lets in', () => {
  it.each(cases)('by %s %j', async (rule, policy, good, bad, told, tools) => {
    const { admits } = sitePolicy(rulesOf(policy), tools);
    const hashed = (asked: Partial<Asked>) => askedOf(asked);
    expect(await admits(hashed(good))).toBeUndefined();
    expect(await admits(hashed(bad))).toMatchObject({ rule, told: expect.stringMatching(told) as string });
  });

  it.each<[string, Partial<SitePolicyInput>, Partial<Asked>, PolicyTools]>([
    ['no price is known', { maximumEpsilon }, spends, {}],
    ['a price is no number', { maximumEpsilon }, spends, { price: () => NaN }],
    ['a price is infinite', { maximumEpsilon }, spends, { price: () => Infinity }],
    ['a price is above', { maximumEpsilon }, spends, { price: () => 3.0001 }],
    ['the budget of the ledger is not known', { maximumEpsilon: { ...maximumEpsilon, inAll: 9 } }, { ...spends, keepsLedger: true }, { price }], // prettier-ignore
    ['the budget of the ledger is above', { maximumEpsilon: { ...maximumEpsilon, inAll: 9 } }, { ...spends, keepsLedger: true }, { price, ledgerBudget: 9.5 }], // prettier-ignore
    ['nobody knows what was approved', { approvals: { keys: ['k'] } }, {}, {}],
  ])('is nothing where %s', async (_, policy, asked, tools) => {
    expect(await sitePolicy(rulesOf(policy), tools).admits(askedOf(asked))).toMatchObject({
      rule: Object.keys(policy)[0],
    });
  });

  it('is nothing where a rule fails', async () => {
    const failing = { price: () => { throw new Error('no') } }; // prettier-ignore
    const { site } = guardedSite(
      { minimumRecords: 1 },
      { data: () => Promise.reject(new Error('Mary Smith')) },
      failing,
    );
    await expect(site.answer(taskOf(planOf()), neverFired)).rejects.toMatchObject({
      code: 'POLICY_REFUSED',
      message: expect.not.stringContaining('Smith') as string,
    });
  });

  it('is refused without a number that follows from patients, and logged with it', async () => {
    const { site, plan, reasons } = guardedSite({ minimumRecords: 50 }, { data: recordsOf(37) });
    const error: unknown = await site.answer(taskOf(plan), neverFired).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toMatch(/37|50/);
    expect(reasons()).toEqual(['there are 37 records, the least is 50']);
  });

  it('is asked again with each task: a plan that was let in gains nothing by it', async () => {
    let time = '2026-03-02T10:00:00.000Z';
    const { site, plan } = guardedSite({ hours }, { now: () => time });
    await site.propose(plan, neverFired);
    await site.answer(taskOf(plan), neverFired);
    time = '2026-03-02T20:00:00.000Z';
    await expect(site.answer(taskOf(plan, { round: 1 }), neverFired)).rejects.toMatchObject({ code: 'POLICY_REFUSED' });
    expect((await site.describe(neverFired)).approved).toEqual([]);
  });
});

describe('the file of a policy', () => {
  it.each<[string, object]>([
    ['a member that nobody knows', { minimumRecord: 5 }],
    ['a member of a member', { approvals: { keys: ['a'], person: 2 } }],
    ['another version', { schemaVersion: 2 }],
    ['fewer keys than people', { approvals: { keys: ['a'], people: 2 } }],
    ['the same key twice', { approvals: { keys: ['a', 'a'], people: 2 } }],
    ['a time zone that is none', { hours: { ...hours, timeZone: 'Mars/Base' } }],
    ['hours that end before they begin', { hours: { ...hours, from: '19:00' } }],
    ['a time that is none', { hours: { ...hours, until: '24:01' } }],
    ['a beginning at the end of the day', { hours: { ...hours, from: '24:00', until: '24:00' } }],
    ['a country in words', { countries: ['Germany'] }],
    ['a hash that is none', { plans: ['sha256:1'] }],
  ])('is refused with %s', (_, member) => {
    expect(() => rulesOf(member as never)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('has a digest that any change moves', () => {
    const digest = (changes: Partial<SitePolicyInput>) => sitePolicy(rulesOf(changes)).digest;
    expect(digest({ minimumRecords: 5 })).not.toBe(digest({ minimumRecords: 6 }));
    expect(digest({ minimumRecords: 5 })).toBe(digest({ minimumRecords: 5, errors: 'code' }));
  });
});
