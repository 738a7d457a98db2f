import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestTensors, type Client, type Task, type Update } from '@fedward/core';
import { pointChannel, reached, type PointReached } from '@fedward/kit-daemon';
import { natsServers } from '../../../../tools/testing/nats-servers.js';
import type { SiteDoor } from '../door.js';
import { subjects } from '../subjects.js';
import { CountingClient, taskOf } from '../testing/clients.js';
import { openDoor, TestFederation } from '../../../../tools/testing/nats-federation.js';
import { asSite } from '../testing/reach.js';

const { signal } = new AbortController();
const large = 400_000; // values: three chunks

/** Tells the points that are a hospital's own, between what the courier does. */
class Telling extends CountingClient {
  override async answer(task: Task): Promise<Update> {
    const update = await super.answer(task);
    reached('site.answer-kept', { round: task.round });
    return update;
  }
}

function tellingDoor(client: Client): SiteDoor {
  return { ...openDoor(client), admit: async () => reached('site.admitted') };
}

/** Does something the first time that a point is reached. */
async function at<T>(point: string, fault: () => void, work: () => Promise<T>): Promise<T> {
  let done = false;
  const heard = (message: unknown): void => {
    if (done || (message as PointReached).point !== point) return;
    done = true;
    fault();
  };
  subscribe(pointChannel, heard);
  try {
    const result = await work();
    expect(done, `${point} was not reached`).toBe(true);
    return result;
  } finally {
    unsubscribe(pointChannel, heard);
  }
}

for (const { version, path, missing } of natsServers({ download: true }))
  describe.skipIf(path === undefined)(`faults in a round, on nats-server ${version} ${missing ?? ''}`, () => {
    const ids = ['a', 'b', 'c'] as const;
    let federation: TestFederation;
    beforeEach(async () => void (federation = await TestFederation.start(ids, path)));
    afterEach(() => federation.close());

    const start = async () => {
      const clients = ids.map((id) => new Telling(id));
      for (const client of clients) await federation.courier(client.id, tellingDoor(client));
      const transport = federation.transport(ids.map((id) => federation.member(id)));
      const round = (number: number): Promise<Update[]> =>
        Promise.all(ids.map((id) => transport.client(id).answer(taskOf(number, {}, large), signal)));
      return { clients, transport, round };
    };
    const expected = (number: number): string => digestTensors(taskOf(number, {}, large).payload);

    it.each([
      ['site.admitted', false],
      ['site.admitted', true],
      ['site.answer-kept', true],
      ['coordinator.task-published', true],
      ['coordinator.payload-stored', true],
      ['coordinator.result-received', true],
      ['coordinator.chunk-received', false],
    ])('the hub is killed at %s (its disk lost: %s): each site trains once a round', async (point, wipe) => {
      const { clients, round } = await start();
      let crashed: Promise<void> | undefined;
      await round(0);
      const crash = (): void => void (crashed = federation.hub.crash({ wipe }));
      const answers = await at(point, crash, () => round(1));
      await crashed;
      expect(answers.map(({ payload }) => digestTensors(payload))).toEqual(ids.map(() => expected(1)));
      await round(2);
      expect(clients.map(({ trained }) => trained)).toEqual(ids.map(() => [0, 1, 2]));
    });

    it.each([
      'site.task-received',
      'site.admitted',
      'site.answer-kept',
      'site.chunk-sent',
      'site.result-published',
      'site.acked',
    ])('a courier is closed at %s and started anew: the same answer, trained once', async (point) => {
      const client = new Telling('a');
      const transport = federation.transport([federation.member('a')]);
      const courier = await federation.courier('a', tellingDoor(client));
      let closed: Promise<unknown> = Promise.resolve();
      const fault = (): void =>
        void (closed = courier.close().then(() => federation.courier('a', tellingDoor(client))));
      const answer = await at(point, fault, () => transport.client('a').answer(taskOf(0, {}, large), signal));
      await closed;
      expect(digestTensors(answer.payload)).toBe(expected(0));
      await transport.client('a').answer(taskOf(1, {}, large), signal);
      expect(client.trained).toEqual([0, 1]);
    });

    it('chunks of an answer are lost: they are sent again, and nothing is trained', async () => {
      const { clients, transport } = await start();
      const [client] = clients;
      await transport.announce('a', taskOf(0, {}, large), signal);
      await expect.poll(() => client!.trained).toEqual([0]);
      const inAccount = federation.inAccount.get('a')!;
      const there = async () => ((await inAccount.request('$JS.API.STREAM.INFO.RESULTS', '')).json<{ state: { messages: number } }>()).state.messages; // prettier-ignore
      await expect.poll(there).toBe(1);
      await inAccount.request('$JS.API.STREAM.PURGE.UP', JSON.stringify({ filter: subjects.chunks('up') }));
      const answer = await transport.client('a').answer(taskOf(0, {}, large), signal);
      expect(digestTensors(answer.payload)).toBe(expected(0));
      expect(client!.calls).toEqual(['answer']);
      expect(federation.events.map(({ code }) => code)).toContain('BLOB_MISSING');
    });

    it('a process that dies at work: its successor is asked at once', async () => {
      const client = new CountingClient('c');
      await federation.courier('c', openDoor(client));
      const transport = federation.transport([federation.member('c')]);
      await transport.client('c').answer(taskOf(0), signal);
      client.hold = new Promise(() => undefined);
      const asked = transport.client('c').answer(taskOf(1), signal);
      await expect.poll(() => client.calls.length).toBe(2);
      await federation.own.get('c')!.close(); // nothing is said any more
      const connection = await asSite(federation.hub, 'c');
      try {
        client.hold = Promise.resolve();
        const began = performance.now();
        await federation.courier('c', openDoor(client), { connection });
        await asked;
        // Sooner than the hub would bring the question again, which is after 60 s.
        expect(performance.now() - began).toBeLessThan(55_000);
        expect(client.trained).toEqual([0, 1]);
      } finally {
        await federation.clear();
        await connection.close();
      }
    });

    it('a hospital that was away gets the newest question only', async () => {
      const { clients, transport } = await start();
      await transport.client('c').answer(taskOf(0), signal);
      await federation.own.get('c')!.close();
      for (const number of [1, 2]) {
        const round = new AbortController();
        const asked = transport.client('c').answer(taskOf(number), round.signal);
        setTimeout(() => round.abort(), 200);
        await expect(asked).rejects.toMatchObject({ code: 'ABORTED' });
      }
      const asked = transport.client('c').answer(taskOf(3), signal);

      const connection = await asSite(federation.hub, 'c');
      try {
        await federation.courier('c', openDoor(clients[2]!), { connection });
        await asked;
        expect(clients[2]!.trained).toEqual([0, 3]);
      } finally {
        await federation.clear();
        await connection.close();
      }
    });
  });
