import { FedwardError, type Client, type Task, type Transport, type Update } from '@fedward/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentive, type AttentiveOptions } from './attentive.js';
import type { Presence, Present } from './presence.js';

/** What a member does in one round; by `away` it is so as the round starts. */
type Deed = 'answers' | 'fails' | 'is silent' | 'stays at it' | 'is away' | 'goes away' | 'blinks';
const deeds: readonly Deed[] = ['answers', 'fails', 'is silent', 'stays at it', 'is away', 'goes away', 'blinks'];

const deadline = 100;
const grace = 30;

/** One member, rounds, and a clock that nobody waits for. */
class World {
  seconds = 0;
  deed: Deed = 'answers';
  standing: Present = { present: true, heardSecondsAgo: 0 };
  asked = 0;
  refusals: string[] = [];
  readonly #calls = new Set<() => void>();
  readonly presence: Presence = { of: () => this.standing };
  readonly transport;

  constructor(options: Partial<AttentiveOptions> = {}) {
    const client = {
      id: 'a',
      answer: (task: Task, signal: AbortSignal) => {
        this.asked++;
        if (this.deed === 'answers') return Promise.resolve({ clientId: 'a' } as Update);
        if (this.deed === 'fails') return Promise.reject(new FedwardError('CLIENT_FAILED', 'no', 'a'));
        if (this.deed === 'stays at it')
          this.standing = { ...this.standing, busyWith: { runId: 'run', round: task.round } };
        return new Promise<Update>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      },
    } as Client;
    const inner: Transport = { clients: () => ['a'], client: () => client, close: async () => undefined };
    this.transport = attentive(inner, this.presence, {
      ...{ runId: 'run', graceSeconds: grace },
      clock: {
        now: () => this.seconds,
        every: (_seconds, call) => {
          this.#calls.add(call);
          return () => this.#calls.delete(call);
        },
      },
      ...options,
    });
  }

  /** @returns how long it took, or undefined where it was not asked */
  async round(number: number, deed: Deed): Promise<number | undefined> {
    this.deed = deed;
    const busy = deed === 'stays at it' && this.standing.busyWith ? { busyWith: this.standing.busyWith } : {};
    this.standing =
      deed === 'is away' ? { present: false, heardSecondsAgo: 720 } : { present: true, heardSecondsAgo: 0, ...busy };
    const [before, began] = [this.asked, this.seconds];
    const stop = new AbortController();
    let settled = false;
    const answer = this.transport
      .client('a')
      .answer({ runId: 'run', round: number } as Task, stop.signal)
      .catch((error: Error) => void this.refusals.push(error.message))
      .finally(() => (settled = true));
    for (let ticks = 0; ticks < 10; ticks++) await Promise.resolve();
    const leaves = deed === 'goes away' ? 10 : 95;
    while (!settled) {
      this.seconds++;
      const passed = this.seconds - began;
      if ((deed === 'goes away' || deed === 'blinks') && passed === leaves)
        this.standing = { present: false, heardSecondsAgo: 0 };
      for (const call of this.#calls) call();
      if (passed === deadline) stop.abort(new FedwardError('DEADLINE_PASSED', 'no answer within 100 s'));
      for (let ticks = 0; ticks < 10; ticks++) await Promise.resolve();
    }
    await answer;
    this.transport.roundsOver();
    return this.asked > before ? this.seconds - began : undefined;
  }
}

describe('attentive', () => {
  it('refuses one that is absent at once, with for how long it was not heard, and keeps it in the roster', async () => {
    const world = new World();
    expect(await world.round(0, 'is away')).toBeUndefined();
    expect(world.refusals).toEqual(['a is absent: not heard for 12 min']);
    expect(world.transport.clients()).toEqual(['a']);
    expect(world.transport.available()).toEqual([]);
    expect(await world.round(1, 'answers')).toBe(0);
    expect(world.transport.available()).toEqual(['a']);
  });

  it('waits no longer than the grace for one that goes away in mid-round, and asks it in the next round', async () => {
    const world = new World();
    expect(await world.round(0, 'goes away')).toBe(10 + grace);
    expect(world.refusals).toEqual(['a went away in mid-round and was waited for for 30 s']);
    expect(await world.round(1, 'answers')).toBe(0);
  });

  it('leaves out for 1, 2, 4 … rounds one that misses each deadline that it is given', async () => {
    const world = new World();
    const asked: number[] = [];
    for (let round = 0; round < 40; round++)
      if ((await world.round(round, 'is silent')) !== undefined) asked.push(round);
    expect(asked).toEqual([0, 2, 5, 10, 19, 36]);
    await world.round(40, 'is away'); // it was started again
    expect(await world.round(41, 'answers')).toBe(0);
    expect(await world.round(42, 'is silent')).toBe(deadline);
    expect(await world.round(43, 'answers')).toBeUndefined();
    expect(await world.round(44, 'answers')).toBe(0);
  });

  it('does not ask one that is still at the round that it has missed', async () => {
    const world = new World();
    expect(await world.round(0, 'stays at it')).toBe(deadline);
    for (const round of [1, 2, 3]) expect(await world.round(round, 'stays at it')).toBeUndefined();
    expect(world.refusals.at(-1)).toBe('a is still at round 0');
    expect(await world.round(4, 'answers')).toBe(0);
  });

  it('counts a round that is run again as another, and asks again where the round can not do without', async () => {
    const world = new World();
    await world.round(3, 'is silent');
    expect(await world.round(3, 'answers')).toBeUndefined();
    expect(await world.round(3, 'is silent')).toBe(deadline);
    expect(world.transport.available()).toEqual([]);
    world.transport.forgive();
    expect(world.transport.available()).toEqual(['a']);
    expect(await world.round(3, 'answers')).toBe(0);
  });

  it('asks nobody who has not approved, and does not make a refusal the last word', async () => {
    let approved = false;
    const refused: string[] = [];
    const world = new World({ approved: () => approved, onRefused: (id) => refused.push(id) });
    expect(await world.round(0, 'answers')).toBeUndefined();
    expect(world.refusals).toEqual(['a does not approve of the study, or not yet']);
    approved = true;
    expect(await world.round(1, 'answers')).toBe(0);

    const never = new AbortController().signal;
    const not = new FedwardError('PLAN_NOT_APPROVED', 'revoked', 'a');
    const client = {
      id: 'a',
      describe: () => Promise.reject(not),
      answer: () => Promise.reject(not),
    } as unknown as Client;
    const inner: Transport = { clients: () => ['a'], client: () => client, close: async () => undefined };
    const transport = attentive(inner, world.presence, { runId: 'run', onRefused: (id) => refused.push(id) });
    await expect(transport.client('a').describe(never)).rejects.toMatchObject({ code: 'APPROVAL_AWAITED' });
    await expect(transport.client('a').answer({ round: 1 } as Task, never)).rejects.toBe(not);
    expect(refused).toEqual(['a', 'a']);
  });

  it('no schedule makes one member cost two deadlines in a row, and whoever was away is asked once it is back', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...deeds), { minLength: 2, maxLength: 60 }), async (schedule) => {
        const world = new World();
        let costBefore: number | undefined;
        for (const [round, deed] of schedule.entries()) {
          const cost = await world.round(round, deed);
          if (costBefore === deadline) expect(cost ?? 0).toBeLessThan(deadline);
          if (round > 0 && schedule[round - 1] === 'is away' && deed !== 'is away') expect(cost).toBeDefined();
          if (round > 0 && costBefore === 0 && deed !== 'is away') expect(cost).toBeDefined();
          expect(cost ?? 0).toBeLessThanOrEqual(deadline);
          costBefore = cost;
        }
      }),
      { numRuns: 300 },
    ));

  it('holds no error against a member that has answered by one', async () => {
    const world = new World();
    expect(await world.round(0, 'fails')).toBe(0);
    expect(world.refusals).toEqual(['no']);
    expect(await world.round(1, 'answers')).toBe(0);
  });
});
