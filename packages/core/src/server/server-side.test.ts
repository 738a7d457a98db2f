import { describe, expect, it } from 'vitest';
import type { RoundContext } from '../interfaces/aggregator.js';
import type { PrivacyMechanism, SiteContext } from '../interfaces/privacy.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { exampleFederation, exampleLayout, exampleSites, fakeAccountant, fakeEvent } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { createParameters } from '../parameters/parameters.js';
import { runFederation } from './run.js';
import { initialStates, serverSide } from './server-side.js';
import type { Federation } from './federation.js';

const plan = examplePlan({ privacy: { ...examplePrivacy, mechanisms: [{ name: 'counting' }], unit: 'hospital' } });
const context: RoundContext = {
  ...{ runId: 'run-1', round: 0, plan, population: 2, cohort: ['a', 'b'], sampling: { kind: 'all' } },
};
const nobody = () => Promise.reject(new Error('asks nobody'));
const sent = createParameters(exampleLayout);
const update = (clientId: string) => ({
  ...{ clientId, baseRound: 0, payload: sent, weight: 1, metrics: {}, spent: [], simulationOnly: true },
});

type Counts = { readonly taken: readonly number[] };

/** Remembers how many updates each round had, and tells the sites. */
function counting(seen: SiteContext[] = []): PrivacyMechanism {
  const mechanism: PrivacyMechanism<Counts> = {
    name: 'counting',
    requires: [],
    adjacency: 'add-or-remove-one',
    assumptions: ['counts are harmless'],
    event: () => fakeEvent,
    init: () => ({ taken: [] }),
    instruct: ({ state }) => ({ rounds: state.taken.length }),
    onClient: (update, context) => (seen.push(context), update),
    onReceive: (update) => ({ ...update, tally: 1 }),
    onRelease(aggregate, { tally, state, noise }) {
      const payload = aggregate.payload.slice();
      noise.addGaussian(payload, 1 + state.taken.length);
      return { ...aggregate, payload, state: { taken: [...state.taken, tally] } };
    },
  };
  return mechanism as PrivacyMechanism;
}

const federationOf = (changes: Partial<Federation> = {}, seen: SiteContext[] = []) => {
  const mechanisms = [counting(seen)];
  return {
    ...exampleFederation({ plan, mechanisms, transport: inMemoryTransport(exampleSites(plan, { mechanisms })) }),
    accountant: fakeAccountant,
    ...(changes as object),
  };
};

describe('what mechanisms remember', () => {
  it('goes from round to round, and what they tell reaches the sites', async () => {
    const seen: SiteContext[] = [];
    const checkpoints = memoryCheckpointStore();
    await runFederation(federationOf({ checkpoints }, seen));
    expect(seen.map(({ round, told }) => [round, told])).toEqual(
      [0, 1, 2, 3].flatMap((round) => Array.from({ length: 3 }, () => [round, { rounds: round }])),
    );
    expect(seen.every(({ cohort }) => cohort.length === 3)).toBe(true);
    expect((await checkpoints.load('run-1'))!.state).toMatchObject({
      mechanisms: { counting: { taken: [3, 3, 3, 3] } },
    });
  });

  it('is in the checkpoint: a run stopped after any round ends with the same bits', async () => {
    const { model } = await runFederation(federationOf());
    for (let stop = 0; stop < plan.rounds - 1; stop++) {
      const checkpoints = memoryCheckpointStore();
      const onRound = ({ round }: { round: number }): void => {
        if (round === stop) throw new Error('killed');
      };
      await expect(runFederation(federationOf({ checkpoints, onRound }))).rejects.toThrow('killed');
      const resumed = await runFederation(federationOf({ checkpoints, resume: true }));
      expect(resumed.model.values).toEqual(model.values);
    }
  });

  it('is nothing for a mechanism without a memory', async () => {
    const { init: _, instruct: __, ...forgetful } = counting();
    void [_, __];
    expect(initialStates(plan, [forgetful])).toEqual({});
    expect(await serverSide([forgetful], context, {}, nobody).prepare(() => undefined)).toEqual({});
  });
});

describe('the server in a round', () => {
  it('tallies only the updates that were taken', async () => {
    const server = serverSide([counting()], context, { counting: { taken: [] } }, nobody);
    server.receive(update('a')).taken();
    server.receive(update('b')); // and then the reduction refuses it
    const { states } = await server.release(
      { payload: new Float64Array(8), divisor: 1, count: 1 },
      exampleFederation().noise!(0),
      ['a'],
    );
    expect(states).toEqual({ counting: { taken: [1] } });
  });

  it('keeps tallies out of updates, and states out of aggregates', async () => {
    const server = serverSide([counting()], context, { counting: { taken: [] } }, nobody);
    expect(server.receive(update('a')).update).not.toHaveProperty('tally');
    const { released } = await server.release(
      { payload: new Float64Array(8), divisor: 2, count: 1 },
      exampleFederation().noise!(0),
      ['a'],
    );
    expect(Object.keys(released).sort()).toEqual(['count', 'divisor', 'payload']);
  });

  it('sends nothing in a round that a mechanism does not let begin', async () => {
    const seen: SiteContext[] = [];
    const refusing = {
      ...counting(seen),
      instruct: () => {
        throw new Error('not now');
      },
    };
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [counting(seen)] }));
    await expect(runFederation(federationOf({ mechanisms: [refusing], transport }))).rejects.toThrow('not now');
    expect(seen).toEqual([]);
  });

  it('has the statement say what a mechanism takes for granted, and no sampling that is not', async () => {
    const { privacy } = await runFederation(federationOf());
    expect(privacy).toMatchObject({ unit: 'hospital' });
    expect(privacy!.assumptions.slice(0, 3)).toEqual([
      'no amplification by sampling is claimed',
      'counts are harmless',
      'nothing is promised against the server, nor against whoever reads what sites send to it',
    ]);
  });
});
