import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { digestTensors, FedwardError, parsePlan, sha256, type State } from '@fedward/core';
import { replyParts } from '@fedward/core/wire';
import { pointChannel, type PointReached } from '@fedward/kit-daemon';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { chunkSize } from '../blobs/chunks.js';
import { listBlobs } from '../blobs/list.js';
import type { Body } from '../envelope/body.js';
import type { Sealed } from '../envelope/envelope.js';
import { ensureSiteStreams } from '../streams/ensure.js';
import { parseStudy } from '../study.js';
import { subjects, tokenOf } from '../subjects.js';
import { CountingClient, taskOf } from '../testing/clients.js';
import { newSigner, openDoor, TestFederation } from '../../../../tools/testing/nats-federation.js';
import { Streams } from './stored.js';

const { signal } = new AbortController();
const plan = parsePlan({
  ...{ schemaVersion: 1, name: 'a study', seed: 7, rounds: 3 },
  model: { inputShape: [3], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  training: {
    trainer: 'any',
    batches: { kind: 'shuffle', size: 4, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  aggregator: { name: 'any' },
});
/** What a message says, as anybody can read it. */
const bodyOf = ({ data, headers }: Sealed): Body =>
  JSON.parse(Buffer.from(data.subarray(0, Number(headers!.get('Fedward-Body')))).toString()) as Body;
const large = 200_000; // values: more than goes in a message

describe.skipIf(!natsServer)('questions that come again', () => {
  let federation: TestFederation;
  beforeAll(async () => void (federation = await TestFederation.start(['a', 'b'])));
  afterEach(() => federation.clear());
  afterAll(() => federation.close());

  const start = async () => {
    const client = new CountingClient('a');
    const told: Parameters<typeof openDoor>[1] = [];
    const courier = await federation.courier('a', openDoor(client, told));
    const transport = federation.transport([federation.member('a')]);
    return { client, courier, transport, told };
  };
  const anew = () => federation.transport([federation.member('a')]);
  const codes = () => federation.events.flatMap(({ kind, code }) => (code === undefined ? [] : [`${kind} ${code}`]));

  it.each([6, large])(
    'have their answers already, for a coordinator that was started anew (%i values)',
    async (values) => {
      const { client, transport } = await start();
      const first = await transport.client('a').answer(taskOf(0, {}, values), signal);
      await transport.close();
      const second = await anew()
        .client('a')
        .answer(taskOf(0, {}, values), signal);
      expect(digestTensors(second.payload)).toBe(digestTensors(first.payload));
      expect(client.calls).toEqual(['answer']);
    },
  );

  it('go on at the hospital where the coordinator closes and then lets go of its round', async () => {
    const { client, transport } = await start();
    let finish!: () => void;
    client.hold = new Promise((resolve) => (finish = () => resolve(undefined)));
    let stopped = false;
    const answer = client.answer.bind(client);
    client.answer = (task, stop?: AbortSignal) => {
      stop!.addEventListener('abort', () => (stopped = true));
      return answer(task);
    };
    const round = new AbortController();
    const left = transport.client('a').answer(taskOf(0), round.signal);
    left.catch(() => undefined);
    await expect.poll(() => client.calls.length).toBe(1);
    const closing = transport.close();
    round.abort();
    await expect(left).rejects.toMatchObject({ code: 'ABORTED' });
    await closing;
    const asked = anew().client('a').answer(taskOf(0), signal);
    finish();
    await asked;
    expect(stopped).toBe(false);
    expect(client.trained).toEqual([0]);
    expect(client.calls).toEqual(['answer']);
  });

  it('are answered with what was trained and a cosignature of the head that is shown now', async () => {
    const { client, transport } = await start();
    const of = (root: string) => taskOf(0, { head: { index: 1, root } }, large);
    expect(await transport.client('a').answer(of('aa'), signal)).toMatchObject({ cosignature: 'of aa' });
    await transport.close();
    expect(await anew().client('a').answer(of('bb'), signal)).toMatchObject({ cosignature: 'of bb' });
    expect([client.trained, client.calls.length]).toEqual([[0], 2]);
  });

  /** At work for a coordinator that dies without a word, and asked the same by the next, which shows another head. */
  const askedByTwo = async (stop: AbortSignal) => {
    const { client } = await start();
    let received = 0;
    const heard = (message: unknown): void =>
      void ((message as PointReached).point === 'site.task-received' && received++);
    subscribe(pointChannel, heard);
    onTestFinished(() => void unsubscribe(pointChannel, heard));
    let goOn = (): void => undefined;
    client.hold = new Promise((resolve) => (goOn = resolve));
    const of = (root: string) => taskOf(0, { head: { index: 1, root } }, large);
    const dead = federation.transport([federation.member('a')], { reconcileSeconds: 3600 });
    void dead
      .client('a')
      .answer(of('aa'), signal)
      .catch(() => undefined); // it is dead by then
    await expect.poll(() => client.calls.length).toBe(1);
    const second = anew().client('a').answer(of('bb'), stop);
    await expect.poll(() => received).toBe(2);
    return { client, second, goOn };
  };

  it('do not stop what is at work for the same round: a coordinator that was started anew gets what was begun', async () => {
    const { client, second, goOn } = await askedByTwo(signal);
    goOn();
    expect(await second).toMatchObject({ cosignature: 'of bb' });
    expect([client.trained, client.calls]).toEqual([[0], ['answer', 'answer']]);
  });

  it('that were given up, and are asked again at once, find what was ready by then', async () => {
    const { client, transport } = await start();
    let goOn = (): void => undefined;
    client.hold = new Promise((resolve) => (goOn = resolve));
    const stop = new AbortController();
    const first = transport.client('a').answer(taskOf(0), stop.signal);
    await expect.poll(() => client.calls.length).toBe(1);
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: 'ABORTED' });
    const again = transport.client('a').answer(taskOf(0), signal);
    setTimeout(goOn, 500); // the client is past what a signal stops
    await again;
    expect([client.trained, client.calls.length]).toEqual([[0], 2]);
  });

  it('are stopped with what is at work for the same round, once nobody waits', async () => {
    const stop = new AbortController();
    const { client, second, goOn } = await askedByTwo(stop.signal);
    stop.abort();
    await expect(second).rejects.toMatchObject({ code: 'ABORTED' });
    const next = anew().client('a').answer(taskOf(1), AbortSignal.timeout(60_000));
    try {
      await expect.poll(() => client.calls.length, { timeout: 30_000 }).toBe(2); // while the first still trains
    } finally {
      goOn();
    }
    expect((await next).baseRound).toBe(1);
  });

  it('go on where the coordinator does not know how far it was', async () => {
    const { client, transport } = await start();
    for (const round of [0, 1, 2]) await transport.client('a').answer(taskOf(round), signal);
    await transport.close();
    await anew().client('a').answer(taskOf(3), signal);
    expect(client.trained).toEqual([0, 1, 2, 3]);
    expect(codes()).toContain('refused TASK_STALE');
  });

  it('are asked anew after a refusal, whose reasons may be gone', async () => {
    const { client, courier, transport } = await start();
    await courier.close();
    let open = false;
    const door = { ...openDoor(client), admit: async () => {
      if (!open) throw new FedwardError('PLAN_NOT_APPROVED', 'not yet', 'a');
    } }; // prettier-ignore
    await federation.courier('a', door);
    await expect(transport.client('a').answer(taskOf(0, {}, large), signal)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED', subject: 'a' }); // prettier-ignore
    expect(client.calls).toEqual([]);
    open = true;
    await transport.client('a').answer(taskOf(0, {}, large), signal);
    expect(client.trained).toEqual([0]);
  });

  it('of what a site says of itself are asked anew each time', async () => {
    const { client, transport } = await start();
    for (let i = 0; i < 2; i++) await transport.client('a').describe(signal);
    for (let i = 0; i < 2; i++) await transport.client('a').propose(plan, signal);
    expect(client.calls).toEqual(['describe', 'describe', 'propose', 'propose']);
  });

  it('by whoever brings an old message are refused, and nothing is trained', async () => {
    const { client, transport } = await start();
    const hands = await Streams.at(federation.inAccount.get('a')!);
    await transport.client('a').answer(taskOf(0), signal);
    const old = (await hands.newest('TASKS', subjects.task('answer', tokenOf('run-1'))))!;
    await transport.client('a').answer(taskOf(1), signal);
    await hands.publish(
      subjects.task('answer', tokenOf('run-1')),
      { data: old.data, headers: old.headers! },
      'replayed',
    );
    await expect.poll(codes).toContain('refused TASK_STALE');
    expect(client.calls).toEqual(['answer', 'answer']);
  });

  it('for another hospital are refused, and so are those of whoever has not the key', async () => {
    const { transport } = await start();
    const other = new CountingClient('b');
    await ensureSiteStreams(federation.inAccount.get('b')!);
    await federation.courier('b', openDoor(other));
    await transport.client('a').answer(taskOf(0), signal);
    const hands = await Streams.at(federation.inAccount.get('a')!);
    const { data, headers } = (await hands.newest('TASKS', subjects.task('answer', tokenOf('run-1'))))!;
    await (await Streams.at(federation.inAccount.get('b')!)).publish(subjects.task('answer', 'x'), { data, headers: headers! }, '1'); // prettier-ignore
    await expect.poll(codes).toContain('refused MESSAGE_INVALID');
    const thief = federation.transport([federation.member('b')], { signer: newSigner('coordinator') });
    const stop = new AbortController();
    const asked = thief
      .client('b')
      .answer(taskOf(0), stop.signal)
      .catch(() => undefined);
    await expect.poll(codes).toContain('refused SIGNATURE_INVALID');
    stop.abort();
    await asked;
    expect(other.calls).toEqual([]);
  });

  it('are not sent to a hospital that was revoked', async () => {
    const revoked = { ...federation.member('a'), verifier: () => undefined };
    const transport = federation.transport([revoked]);
    await expect(transport.client('a').answer(taskOf(0), signal)).rejects.toMatchObject({ code: 'CLIENT_UNKNOWN' });
    await expect(transport.announce('a', taskOf(0), signal)).rejects.toMatchObject({ code: 'CLIENT_UNKNOWN' });
    expect(await (await Streams.at(revoked.connection)).all('TASKS', subjects.tasks)).toEqual([]);
  });

  it('have one true answer: one signed by another key, or of another question, makes room for it', async () => {
    const { client, courier, transport } = await start();
    await courier.close();
    const thief = await federation.courier('a', openDoor(client), { signer: newSigner('site'), folder: federation.folderOf('x') }); // prettier-ignore
    await expect(transport.client('a').answer(taskOf(0), signal)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID', subject: 'a' }); // prettier-ignore
    await thief.close();
    await federation.courier('a', openDoor(client));
    await transport.client('a').answer(taskOf(0), signal);
    const hands = await Streams.at(federation.inAccount.get('a')!);
    const [old] = await hands.all('RESULTS', subjects.results);
    client.hold = new Promise(() => undefined);
    const next = transport.client('a').answer(taskOf(1), signal);
    await expect.poll(() => client.calls.length).toBe(3);
    const { ask, task } = bodyOf((await hands.newest('TASKS', subjects.task('answer', tokenOf('run-1'))))!);
    federation.own.get('a')!.publish(subjects.result(task!, ask), old!.sealed.data, { headers: old!.sealed.headers! });
    await expect(next).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    expect(codes()).toEqual(['refused SIGNATURE_INVALID', 'refused MESSAGE_INVALID']);
  });

  it('are answered once other bytes are out of the way that lay under the digest of the answer', async () => {
    const { client, transport } = await start();
    const own = federation.own.get('a')!;
    const update = await client.answer(taskOf(0, {}, large));
    const { arrays } = replyParts({ answer: update as unknown as State });
    const digest = sha256(arrays!);
    await ensureSiteStreams(federation.inAccount.get('a')!);
    await own.request(subjects.chunk('up', digest, 0), Buffer.alloc(chunkSize));
    await expect(transport.client('a').answer(taskOf(0, {}, large), signal)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' }); // prettier-ignore
    const again = await transport.client('a').answer(taskOf(0, {}, large), signal);
    expect(digestTensors(again.payload)).toBe(digestTensors(update.payload));
  });

  it('leave nothing behind once the run has ended', async () => {
    const { client, transport, told } = await start();
    const study = parseStudy({ schemaVersion: 1, id: 'run-1', name: 'A study', plan, members: ['a'] }, 'study'); // prettier-ignore
    expect(await transport.propose('a', study, signal)).toEqual({ state: 'approved', why: 'all is approved here' });
    for (const round of [0, 1]) await transport.client('a').answer(taskOf(round, { taken: round === 0 ? null : 0 }, large), signal); // prettier-ignore
    await transport.ended('a', { kind: 'ended', runId: 'run-1', how: 'done', words: 'all rounds' }, signal);
    expect(client.trained).toEqual([0, 1]);
    expect(told).toMatchObject([
      { kind: 'proposed', study: { id: 'run-1' } },
      { taken: 0 },
      { kind: 'ended', how: 'done' },
    ]);

    // The hospital answers before it clears up.
    await expect.poll(() => readdirSync(`${federation.folderOf('a')}/outbox`)).toEqual([]);
    await expect.poll(() => listBlobs(federation.inAccount.get('a')!, 'up')).toEqual([]);
    await transport.close();
    expect(await listBlobs(federation.down, 'down')).toEqual([]);
  });

  it.each([100, 900_000])(
    'that are calls go to one hospital alone: no other can read %i bytes of them',
    async (size) => {
      const { transport } = await start();
      const body = Uint8Array.from({ length: size }, (_, i) => i % 251);
      const call = { runId: 'run-1', round: 0, planHash: 'sha256:00', cohort: ['a'], mechanism: 'masks', body };
      const answer = (await transport.client('a').call(call, signal)) as Uint8Array;
      expect(Buffer.compare(answer, body)).toBe(0);
      const down = (await (await Streams.at(federation.down)).all('DOWN', subjects.chunks('down'))).map(({ sealed }) => sealed.data); // prettier-ignore
      expect(down.length).toBe(size > 1000 ? 3 : 0); // two chunks and what says so
      expect(Buffer.concat(down).includes(Buffer.from(body.subarray(0, 64)))).toBe(false);
    },
  );

  it('are announced until their answers lie ready, which are fetched though their round is over', async () => {
    const { client, transport } = await start();
    const round = new AbortController();
    await transport.announce('a', taskOf(0, {}, large), round.signal);
    expect(client.trained).toEqual([0]);
    expect(await listBlobs(federation.inAccount.get('a')!, 'up')).toHaveLength(1);
    round.abort();
    await transport.client('a').answer(taskOf(0, {}, large), signal);
    expect(client.calls).toEqual(['answer']);
  });

  it('are stopped when nobody will ask for what was announced', async () => {
    const { client, transport } = await start();
    client.hold = new Promise(() => undefined);
    const round = new AbortController();
    const announced = transport.announce('a', taskOf(1), round.signal);
    await expect.poll(() => client.calls.length).toBe(1);
    round.abort();
    await expect(announced).rejects.toMatchObject({ code: 'ABORTED' });
    client.hold = Promise.resolve();
    await transport.client('a').answer(taskOf(2), signal);
    expect(client.trained).toEqual([2]);
  });
});
