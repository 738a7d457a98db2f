import { beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../interfaces/client.js';
import type { RoundCertificate } from '../interfaces/certificate.js';
import type { Update } from '../interfaces/messages.js';
import { inMemoryTransport } from '../memory/transport.js';
import { digestTensors } from '../parameters/parameters.js';
import { planHash } from '../plan/plan.js';
import { exampleFederation, exampleSite } from '../testing/fakes.js';
import { fakeAccountableLog, fakeWitness } from '../testing/logs.js';
import { examplePlan } from '../testing/plan.js';
import { runFederation } from './run.js';

const ids = ['north', 'south'];
const plan = examplePlan({ rounds: 3, quorum: 1 });

let server = fakeAccountableLog('coordinator');
let witness = fakeWitness('coordinator');
let logs = new Map(ids.map((id) => [id, fakeAccountableLog(id)]));
let witnesses = new Map(ids.map((id) => [id, fakeWitness(id)]));
let certificates: RoundCertificate[] = [];
beforeEach(() => {
  server = fakeAccountableLog('coordinator');
  witness = fakeWitness('coordinator');
  logs = new Map(ids.map((id) => [id, fakeAccountableLog(id)]));
  witnesses = new Map(ids.map((id) => [id, fakeWitness(id)]));
  certificates = [];
});

/** @param turned the site as the server reaches it */
function run(turned: (site: Client) => Client = (site) => site, changes: Partial<typeof plan> = {}) {
  const under = { ...plan, ...changes };
  const sites = ids.map((id) =>
    turned(
      exampleSite(id, { plan: under, audit: logs.get(id)!, witness: witnesses.get(id)!, dataSheet: `sheet of ${id}` }),
    ),
  );
  const store = { write: async (certificate: RoundCertificate) => void certificates.push(certificate) };
  return runFederation(
    exampleFederation({
      plan: under,
      audit: server,
      witness,
      certificates: store,
      transport: inMemoryTransport(sites),
    }),
  );
}

/** Turns the answers of one site. */
function answering(id: string, turn: (update: Update) => Update): (site: Client) => Client {
  return (site) =>
    site.id === id ? { ...site, answer: async (task, signal) => turn(await site.answer(task, signal)) } : site;
}

/** What the rounds' drop-outs say, by round. */
async function dropOuts(turned: (site: Client) => Client): Promise<string[]> {
  const { rounds } = await run(turned);
  return rounds.flatMap(({ dropped }) => dropped.map(({ id, code }) => `${id} ${code}`));
}

describe('what server and sites show each other of their logs', () => {
  it('is noted on both sides, each round from where it stood before', async () => {
    await run();
    for (const id of ids) {
      expect(witness.noted.get(id)!.map(({ size }) => size)).toEqual([1, 2, 3]);
      const noted = witnesses
        .get(id)!
        .noted.get('coordinator')!
        .map(({ size }) => size);
      expect(noted).toHaveLength(3);
      expect([...noted].sort((a, b) => a - b)).toEqual(noted);
    }
  });

  it('comes to a certificate a round, of models, updates and heads', async () => {
    const { model } = await run();
    expect(certificates.map(({ round }) => round)).toEqual([0, 1, 2]);
    const entries = certificates.map(
      ({ coordinator }) =>
        (
          JSON.parse(coordinator.entry) as {
            event: { details: { model: { before: string; after: string } } & Record<string, unknown> };
          }
        ).event.details,
    );
    expect(entries[2]!.model.after).toBe(digestTensors(model));
    expect(entries.map(({ model: { before } }) => before).slice(1)).toEqual(
      entries.map(({ model: { after } }) => after).slice(0, -1),
    );
    for (const [round, { sites, witnessed, coordinator }] of certificates.entries()) {
      const { planHash: hash, dataSheets, updates, heads, participants } = entries[round]!;
      expect(hash).toBe(planHash(plan));
      expect(dataSheets).toEqual({ north: 'sheet of north', south: 'sheet of south' });
      expect(participants).toEqual(ids);
      expect(coordinator.verifierKey).toBe('key of coordinator');
      expect(sites.map(({ id, verifierKey }) => [id, verifierKey])).toEqual([
        ['north', 'key of north'],
        ['south', 'key of south'],
      ]);
      for (const { id, entry } of sites) {
        const { event } = JSON.parse(entry) as { event: { round: number; details: Record<string, unknown> } };
        expect(event.round).toBe(round);
        expect(event.details).toMatchObject({
          planHash: hash,
          ...{ dataSheet: `sheet of ${id}`, runsOn: 'a fake' },
          update: (updates as Record<string, string>)[id],
        });
        expect((heads as Record<string, unknown>)[id]).toEqual({
          index: round,
          root: witness.noted.get(id)![round]!.root,
        });
      }
      const lines = witnessed.join('').match(/(north|south) has seen/g);
      expect(lines!.sort()).toEqual(['north has seen', 'south has seen']);
    }
  });

  it('goes on after an answer that was lost, of which the server can not tell whether its head arrived', async () => {
    let lost = 0;
    const { rounds } = await run((site) => ({
      ...site,
      answer: async (task, signal) => {
        const update = await site.answer(task, signal);
        if (site.id === 'south' && task.round === 1 && lost++ === 0) throw new Error('the line was cut');
        return update;
      },
    }));
    expect(rounds.map(({ participants }) => participants)).toEqual([ids, ['north'], ids]);
  });

  it.each<[string, (update: Update) => Update]>([
    ['no head', ({ head: _, ...update }) => update],
    ['an unsigned head', (update) => ({ ...update, head: { index: update.head!.index, root: update.head!.root } })],
    ['no entry', ({ entry: _, ...update }) => update],
    ['an entry of another log', (update) => ({ ...update, entry: { ...update.entry!, proof: 'north has it' } })],
    ['no cosignature', ({ cosignature: _, ...update }) => update],
    ['a cosignature of something else', (update) => ({ ...update, cosignature: 'south has seen nothing\n' })],
    ['a head that does not go on', (update) => ({ ...update, head: { ...update.head!, grown: [] } })],
    [
      'another update than is logged',
      (update) => ({
        ...update,
        payload: { ...update.payload, values: update.payload.values.map((value) => value + 1) },
      }),
    ],
  ])('an answer with %s is not taken', async (what, turn) => {
    const found = await dropOuts(answering('south', turn));
    // A first head needs no growth: of that fault the first round knows nothing.
    const times = what === 'a head that does not go on' ? 2 : 3;
    expect(found).toHaveLength(times);
    for (const drop of found) expect(drop).toMatch(/^south (AUDIT_TAMPERED|SIGNATURE_INVALID)$/);
  });

  it('stays small for a site none of whose answers arrive', async () => {
    let most = 0;
    const { rounds } = await run(
      (site) => ({
        ...site,
        async answer(task, signal) {
          most = Math.max(most, task.head!.grown!.length);
          const update = await site.answer(task, signal);
          if (site.id === 'south' && task.round < 79) throw new Error('the line was cut');
          return update;
        },
      }),
      { rounds: 80 },
    );
    expect(most).toBeLessThanOrEqual(64);
    // It has noted each head all the same, and the last answer is taken.
    expect(rounds.at(-1)!.participants).toEqual(ids);
  });

  it("a log of the server's that was written anew is found by each site, and the round ends", async () => {
    const anew = fakeAccountableLog('coordinator');
    const original = server.head;
    let asked = 0;
    // From the second round on it shows another log of the same name.
    for (let n = 0; n < 40; n++) await anew.append({ type: 'round-start', time: '', runId: 'run', details: { n } });
    server.head = async (known = []) => (++asked <= ids.length ? original(known) : anew.head(known));
    await expect(run()).rejects.toThrow(/QUORUM|does not go on/);
    for (const id of ids)
      expect(logs.get(id)!.events.find(({ type }) => type === 'refusal')?.details['code']).toBe('AUDIT_TAMPERED');
  });

  it('a site that is a witness answers no task without a signed head', async () => {
    const site = exampleSite('north', { plan, witness: witnesses.get('north')! });
    await expect(
      runFederation(exampleFederation({ plan: { ...plan, quorum: 1 }, transport: inMemoryTransport([site]) })),
    ).rejects.toThrow(/without a signed head/);
  });
});
