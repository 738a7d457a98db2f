import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { NatsConnection } from '@nats-io/nats-core';
import { natsServer, startHub, type TestHub } from '../../../../tools/testing/nats-hub.js';
import { ask } from '../connect/ask.js';
import { assertServer, isBefore } from '../connect/server.js';
import { subjects, taskConsumer } from '../subjects.js';
import { asCoordinator, asSite } from '../testing/reach.js';
import { askApi } from './api.js';
import { differences, ensureDown, ensureSiteStreams } from './ensure.js';
import { siteStreams } from './plans.js';

const valueOf = async (
  connection: NatsConnection,
  request: string,
  body?: object,
): Promise<Record<string, unknown>> => {
  const answer = await askApi(connection, request, body);
  if ('failure' in answer) throw new Error(answer.failure.words);
  return answer.value;
};

describe.skipIf(!natsServer)('streams', () => {
  let hub: TestHub;
  let atSite: NatsConnection;
  beforeAll(async () => {
    hub = await startHub({ sites: ['a'] });
    atSite = await asCoordinator(hub, 'a');
  });
  afterAll(async () => {
    await atSite.close();
    await hub.close();
  });

  it('are made once, healed where they were changed, and made again where the disk was lost', async () => {
    await ensureSiteStreams(atSite);
    await ask(atSite, subjects.task('answer', 'run'), 'kept');
    await ensureSiteStreams(atSite);
    const info = async () => valueOf(atSite, 'STREAM.INFO.TASKS');
    expect(await info()).toMatchObject({ state: { messages: 1, consumer_count: 1 } });
    const { config } = (await info()) as { config: object };
    await valueOf(atSite, 'STREAM.UPDATE.TASKS', { ...config, max_msgs_per_subject: 5 });
    await ensureSiteStreams(atSite);
    expect(await info()).toMatchObject({ config: { max_msgs_per_subject: 1 }, state: { messages: 1 } });
    await valueOf(atSite, 'CONSUMER.DELETE.TASKS.' + taskConsumer);
    await ensureSiteStreams(atSite);
    expect(await info()).toMatchObject({ state: { messages: 1, consumer_count: 1 } });
    await hub.crash({ wipe: true });
    await expect.poll(() => atSite.rtt().catch(() => -1)).toBeGreaterThanOrEqual(0);
    await ensureSiteStreams(atSite);
    expect(await info()).toMatchObject({
      config: { max_msgs_per_subject: 1 },
      state: { messages: 0, consumer_count: 1 },
    });
  });

  it('that the hub loses while they are made are no fault of how it is configured: asked again, they are made', async () => {
    for (const [made, lose] of [
      ['STREAM.CREATE.TASKS', 'STREAM.DELETE.TASKS'],
      ['CONSUMER.DURABLE.CREATE.TASKS.' + taskConsumer, 'CONSUMER.DELETE.TASKS.' + taskConsumer],
      ['CONSUMER.DURABLE.CREATE.TASKS.' + taskConsumer, 'STREAM.DELETE.TASKS'],
    ] as const) {
      await valueOf(atSite, 'STREAM.DELETE.TASKS');
      await expect(ensureSiteStreams(losing(atSite, made, lose)), `${made}, ${lose}`).rejects.toMatchObject({ code: 'STREAM_LOST' }); // prettier-ignore
      await ensureSiteStreams(atSite);
    }
  });

  it('fit into what the account has, all of them', async () => {
    await ensureSiteStreams(atSite);
    const { limits } = (await valueOf(atSite, 'INFO')) as { limits: { max_storage: number } };
    const asked = siteStreams(limits.max_storage).map(({ config }) => Number(config['max_bytes']));
    expect(asked.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(limits.max_storage);
    await expect(ensureSiteStreams(atSite, 4 * limits.max_storage)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
    });
  });

  it('that can not be as they have to be are named, with what is wrong', async () => {
    const coordinator = await asCoordinator(hub);
    onTestFinished(() => coordinator.close());
    await valueOf(coordinator, 'STREAM.CREATE.DOWN', { name: 'DOWN', subjects: ['other.>'], storage: 'memory' }).catch(() => undefined); // prettier-ignore
    await valueOf(coordinator, 'STREAM.CREATE.DOWN', { name: 'DOWN', subjects: ['other.>'], storage: 'file', retention: 'interest' }).catch(() => undefined); // prettier-ignore
    const refused = ensureDown(coordinator);
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'DOWN' });
    await valueOf(coordinator, 'STREAM.DELETE.DOWN');
    await ensureDown(coordinator);
  });

  it('take each result once and of each kind of question the newest', async () => {
    await ensureSiteStreams(atSite);
    const site = await asSite(hub, 'a');
    onTestFinished(() => site.close());
    expect((await ask(site, subjects.result('t'), 'first')).json()).not.toHaveProperty('error');
    expect((await ask(site, subjects.result('t'), 'other')).string()).toMatch(/per subject/);
    for (const text of ['old', 'new']) await ask(atSite, subjects.task('answer', 'r2'), text);
    const newest = await ask(atSite, `$JS.API.DIRECT.GET.TASKS.${subjects.task('answer', 'r2')}`, '');
    expect(newest.string()).toBe('new');
  });

  it('are of a server that will do', async () => {
    const notice = assertServer(atSite);
    if (isBefore(atSite.info!.version, '2.12.8')) expect(notice).toMatch(/is for tests/);
    else expect(notice).toBeUndefined();
    const saying = (info: object) => ({ info: { ...atSite.info, ...info } }) as NatsConnection;
    expect(assertServer(saying({ version: '2.12.8' }))).toBeUndefined();
    expect(() => assertServer(saying({ version: '2.9.9' }))).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE' })); // prettier-ignore
    expect(() => assertServer(saying({ jetstream: false }))).toThrow(/switch JetStream on/);
  });
});

describe('what differs', () => {
  it('is what an old server left out as much as what it has otherwise', () => {
    const asked = { allow_direct: true, subjects: ['a', 'b'], max_bytes: 5 };
    expect(differences(asked, { ...asked, more: 1 })).toEqual([]);
    expect(differences(asked, { subjects: ['a'], max_bytes: 5 })).toEqual(['allow_direct', 'subjects']);
  });
});

describe('isBefore', () => {
  it.each([
    ['2.9.10', '2.12.8', true],
    ['2.12.8', '2.12.8', false],
    ['2.12.8-RC.1', '2.12.8', true],
    ['3.0.0', '2.12.8', false],
    ['nonsense', '2.9.10', true],
  ])('%s is before %s: %s', (version, other, expected) => expect(isBefore(version, other)).toBe(expected));
});

/** A connection to a hub that has answered one request, and then loses what another one takes away. */
function losing(connection: NatsConnection, made: string, lose: string): NatsConnection {
  const request: NatsConnection['request'] = async (subject, ...rest) => {
    const answer = await connection.request(subject, ...rest);
    if (subject === `$JS.API.${made}`) await valueOf(connection, lose);
    return answer;
  };
  return new Proxy(connection, {
    get(target, name) {
      if (name === 'request') return request;
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
