import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { Update } from '../interfaces/messages.js';
import type { PrivacyMechanism, SiteContext } from '../interfaces/privacy.js';
import type { Query } from '../interfaces/query.js';
import type { TrainingData } from '../interfaces/trainer.js';
import { memoryAuditSink } from '../memory/audit.js';
import { createLayout } from '../parameters/parameters.js';
import { runFederation } from '../server/run.js';
import { inMemoryTransport } from '../memory/transport.js';
import { exampleData, exampleFederation, exampleSites, fakeAccountant, fakeEvent, fakeMechanism, neverFired } from '../testing/fakes.js'; // prettier-ignore
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { exampleQueryPlan, momentsForm, momentsQuery, noTensors, numbersOf, queryFederation, querySite, querySites, queryTask } from '../testing/queries.js'; // prettier-ignore
import { secretRandomness } from '../random/randomness.js';
import type { SiteOptions } from './options.js';
import { createSite } from './site.js';

const plan = exampleQueryPlan();
const noisePlan = exampleQueryPlan({ privacy: { ...examplePrivacy, mechanisms: [{ name: 'noise' }] } });

/** Noise on the sum at each site, by the sensitivity that the query says of itself. */
function noise(seen: SiteContext[] = []): PrivacyMechanism {
  return {
    ...{ name: 'noise', requires: [], adjacency: 'add-or-remove-one', event: () => fakeEvent },
    onClient: (update, context) => (seen.push(context), update),
  };
}

describe('a query', () => {
  it.each([NaN, -1, Infinity])('that says its sensitivity is %d is refused before it is asked', (sensitivity) => {
    const query = momentsQuery({ sensitivity: () => sensitivity });
    expect(() => querySite('a', plan, { query })).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE' }));
  });

  it.each([NaN, Infinity, -Infinity])('that answers %d tells nobody: noise does not cover it', async (bad) => {
    const onClient = vi.fn((update: Update) => update);
    const answer = async () => ({ layout: momentsForm.layout, values: Float64Array.of(1, bad, 3) });
    const mechanisms = [{ ...noise(), onClient }];
    const site = (changes: Partial<SiteOptions>) =>
      querySite('a', noisePlan, { query: momentsQuery({ answer }), mechanisms, ...changes });
    await expect(site({}).answer(queryTask(noisePlan), neverFired)).rejects.toMatchObject({
      code: 'UPDATE_NOT_FINITE',
      message: expect.stringMatching(/^a: .* moments in round 0 .* tensor moments$/) as string,
    });
    const secret = site({ randomness: secretRandomness() }).answer(queryTask(noisePlan), neverFired);
    await expect(secret).rejects.toMatchObject({ code: 'CLIENT_FAILED', message: expect.not.stringMatching(/NaN/) as string }); // prettier-ignore
    expect(onClient).not.toHaveBeenCalled();
  });

  it('that answers fewer numbers than its form has is refused', async () => {
    const answer = async () => ({ layout: momentsForm.layout, values: Float64Array.of(1, 2) });
    const site = querySite('a', plan, { query: momentsQuery({ answer }) });
    await expect(site.answer(queryTask(plan), neverFired)).rejects.toMatchObject({ code: 'CLIENT_FAILED' });
  });
});

describe('a site that answers a query', () => {
  it('sends a sum of its records, with a weight of 1 and nothing beside it', async () => {
    const update = await querySite('a', plan, { data: exampleData(4, 3) }).answer(queryTask(plan), neverFired);
    expect(numbersOf(update)).toEqual([4, 12, 36]);
    expect(update).toMatchObject({ weight: 1, metrics: {}, spent: [], payload: { layout: momentsForm.layout } });
  });

  it('gives the query the plan, what was sent and the records', async () => {
    const answer = vi.fn(momentsQuery().answer);
    const task = queryTask(plan, { instructions: { step: 2 } });
    await querySite('a', plan, { query: momentsQuery({ answer }) }).answer(task, neverFired);
    const [{ data, ...context }] = answer.mock.calls[0]!;
    expect(context).toEqual({
      ...{ clientId: 'a', round: 0, plan, sent: noTensors, instructions: { step: 2 }, signal: neverFired },
    });
    expect(data.count).toBe(10);
  });

  it('is in its own log as a query, and not as a training; the count only where it may be told', async () => {
    const open = memoryAuditSink();
    await querySite('a', plan, { audit: open }).answer(queryTask(plan), neverFired);
    expect(open.events).toMatchObject([{ type: 'query', clientId: 'a', details: { samples: 10, spent: null } }]);
    const closed = memoryAuditSink();
    const priced = querySite('a', noisePlan, { audit: closed, mechanisms: [noise()] });
    await priced.answer(queryTask(noisePlan), neverFired);
    expect(closed.events).toMatchObject([{ type: 'query', details: { samples: 'withheld', spent: fakeEvent } }]);
  });

  it('tells mechanisms its sensitivity to one unit of the plan, and a training none', async () => {
    for (const [unit, expected] of [
      ['record', 3],
      ['patient', undefined],
    ] as const) {
      const seen: SiteContext[] = [];
      const privacy = { ...examplePrivacy, mechanisms: [{ name: 'noise' }], unit };
      const own = exampleQueryPlan({ privacy });
      await querySite('a', own, { mechanisms: [noise(seen)] }).answer(queryTask(own), neverFired);
      expect(seen.map(({ sensitivity }) => sensitivity)).toEqual([expected]);
    }
    const seen: SiteContext[] = [];
    const training = examplePlan({ rounds: 1, privacy: { ...examplePrivacy, mechanisms: [{ name: 'noise' }] } });
    const mechanisms = [noise(seen)];
    const transport = inMemoryTransport(exampleSites(training, { mechanisms }));
    await runFederation(exampleFederation({ plan: training, mechanisms, transport, accountant: fakeAccountant }));
    expect(seen.map(({ sensitivity }) => sensitivity)).toEqual([undefined, undefined, undefined]);
  });

  it.each<[string, Query<TrainingData>['answer']]>([
    [
      'in another layout',
      async () => ({ layout: createLayout([{ name: 'm', shape: [3] }]), values: new Float64Array(3) }),
    ],
    ['in other numbers', async () => ({ layout: momentsForm.layout, values: new Float32Array(3) })],
  ])('sends no answer %s than its form says', async (_, answer) => {
    const site = querySite('a', plan, { query: momentsQuery({ answer }) });
    await expect(site.answer(queryTask(plan), neverFired)).rejects.toMatchObject({
      ...{ code: 'CLIENT_FAILED', subject: 'moments' },
    });
  });

  it('has its records looked at before anything is charged', async () => {
    const validateData = () => {
      throw new FedwardError('DATA_MALFORMED', 'no column of ages', 'age');
    };
    const error = expect.objectContaining({ code: 'DATA_MALFORMED', subject: 'age' }) as Error;
    expect(() => querySite('a', plan, { query: momentsQuery({ validateData }) })).toThrow(error);
  });

  it.each([
    [
      'another query than the plan names',
      'query.name',
      () => querySite('a', plan, { query: momentsQuery({ name: 'other' }) }),
    ],
    ['no query', 'query.name', () => createSite({ id: 'a', plan, data: exampleData(3) })],
    [
      'a query that can not work under the plan',
      'query.options',
      () =>
        querySite('a', plan, {
          query: momentsQuery({
            validate: () => {
              throw new FedwardError('CONFIG_INCOMPATIBLE', 'x', 'query.options');
            },
          }),
        }),
    ],
    [
      'a mechanism that clips the gradients of a training',
      'privacy.mechanisms',
      () => querySite('a', exampleQueryPlan({ privacy: examplePrivacy }), { mechanisms: [fakeMechanism()] }),
    ],
  ])('is not made with %s', (_, subject, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject }));
  });

  it('scores no model', async () => {
    const { cohort: _, instructions: __, ...task } = queryTask(plan);
    void [_, __];
    await expect(querySite('a', plan).evaluate(task, neverFired)).rejects.toMatchObject({ code: 'TASK_INVALID' });
  });
});

describe('a run of a query', () => {
  it('is a sum over sites in float64, without a model, a loss or an optimizer, and needs no trainer', async () => {
    const audit = memoryAuditSink();
    const { model, rounds, privacy } = await runFederation(queryFederation({ audit }));
    expect([...model.values]).toEqual([60, 10 + 40 + 90, 10 + 80 + 270]);
    expect(rounds).toMatchObject([{ participants: ['hospital-1', 'hospital-2', 'hospital-3'], trainLoss: null }]);
    expect(privacy).toBeNull();
    expect(audit.events.map(({ type }) => type)).toEqual(['run-start', 'round-start', 'aggregation', 'run-end']);
  });

  it('is priced like any other release, and says what it rests on', async () => {
    const mechanisms = [noise()];
    const { privacy } = await runFederation(
      queryFederation({ plan: noisePlan, mechanisms, accountant: fakeAccountant }),
    );
    expect(privacy).toMatchObject({ epsilon: 0.1, mechanisms: ['noise'] });
    expect(privacy!.assumptions[0]).toBe('no amplification by sampling is claimed');
  });

  it('takes no answer in another form than the aggregator expects', async () => {
    const other = { layout: momentsForm.layout, element: 'f32' } as const;
    const query = momentsQuery({
      form: other,
      answer: async () => ({ layout: other.layout, values: new Float32Array(3) }),
    });
    const transport = inMemoryTransport(querySites(plan, { query }));
    await expect(runFederation(queryFederation({ transport }))).rejects.toMatchObject({ code: 'UPDATE_INVALID' });
  });
});
