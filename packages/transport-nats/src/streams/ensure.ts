import { FedwardError, incompatible } from '@fedward/core';
import type { NatsConnection } from '@nats-io/nats-core';
import type { AskOptions } from '../connect/ask.js';
import { apiCodes, askApi, type ApiAnswer, type ApiFailure } from './api.js';
import { federationStreams, siteStreams, type Asked, type StreamPlan } from './plans.js';

/** Where the hub sets no limit to an account, bytes. */
const roomWithoutLimit = 2 ** 30;

/**
 * Makes DOWN, in the federation's account, as it has to be, or leaves it if it is so. Asked by the coordinator, whenever it
 * looks: a hub that has lost its disk has it again then.
 *
 * @param room what the streams may take, bytes; default: what the hub gives the account
 * @param options how the hub is asked
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming stream, member, what was asked and what the hub has; STREAM_LOST where it
 *   loses its disk meanwhile; HUB_SILENT
 */
export async function ensureDown(connection: NatsConnection, room?: number, options?: AskOptions): Promise<void> {
  const asking: Asking = (request, body) => askApi(connection, request, body, options);
  for (const plan of federationStreams(room ?? (await roomOf(asking)))) await ensureStream(asking, plan);
}

/**
 * Makes TASKS with its consumer, RESULTS, UP and STATUS in a hospital's account. Otherwise as `ensureDown`.
 * @param connection the coordinator's in that account
 */
export async function ensureSiteStreams(
  connection: NatsConnection,
  room?: number,
  options?: AskOptions,
): Promise<void> {
  const asking: Asking = (request, body) => askApi(connection, request, body, options);
  const plans = siteStreams(room ?? (await roomOf(asking)));
  await Promise.all(plans.map((plan) => ensureStream(asking, plan)));
}

/** Asks JetStream in one account. */
type Asking = (request: string, body?: object) => Promise<ApiAnswer>;

async function ensureStream(asking: Asking, { name, config, consumer }: StreamPlan): Promise<void> {
  const info = await asking(`STREAM.INFO.${name}`);
  const there = 'failure' in info ? undefined : configOf(info, name);
  if ('failure' in info && info.failure.errCode !== apiCodes.streamNotFound) throw refused(name, info.failure);
  if (!there || differences(config, there).length > 0) {
    const request = there ? `STREAM.UPDATE.${name}` : `STREAM.CREATE.${name}`;
    const made = await asking(request, { ...there, name, ...config });
    if ('failure' in made) throw refused(name, made.failure);
    // An old server ignores what it does not know, and says that all is well.
    assertSame(name, config, configOf(await asking(`STREAM.INFO.${name}`), name));
  }
  if (consumer) await ensureConsumer(asking, name, consumer);
}

async function ensureConsumer(asking: Asking, stream: string, config: Asked): Promise<void> {
  const name = String(config['durable_name']);
  const what = `${stream}.${name}`;
  const info = await asking(`CONSUMER.INFO.${what}`);
  if ('failure' in info && info.failure.errCode !== apiCodes.consumerNotFound) throw refused(what, info.failure);
  const there = 'failure' in info ? undefined : configOf(info, what);
  if (there && differences(config, there).length === 0) return;
  const body = { stream_name: stream, config: { ...there, ...config } };
  const made = await asking(`CONSUMER.DURABLE.CREATE.${what}`, body);
  if ('failure' in made) throw refused(what, made.failure);
  assertSame(what, config, configOf(await asking(`CONSUMER.INFO.${what}`), what));
}

async function roomOf(asking: Asking): Promise<number> {
  const info = await asking('INFO');
  if ('failure' in info) throw refused('the account', info.failure);
  const limits = info.value['limits'] as { readonly max_storage?: unknown } | undefined;
  const room = limits?.max_storage;
  return typeof room === 'number' && room > 0 ? room : roomWithoutLimit;
}

function configOf(answer: ApiAnswer, what: string): Record<string, unknown> {
  if ('failure' in answer) throw refused(what, answer.failure);
  const config = answer.value['config'];
  if (typeof config === 'object' && config !== null) return config as Record<string, unknown>;
  throw new FedwardError('MESSAGE_INVALID', `the hub does not say how ${what} is configured`, what);
}

function assertSame(what: string, asked: Asked, there: Record<string, unknown>): void {
  const member = differences(asked, there)[0];
  if (member === undefined) return;
  const [wanted, got] = [asked[member], there[member]].map((value) => JSON.stringify(value) ?? 'nothing');
  throw incompatible(`${what}: the hub was asked for ${member} ${wanted} and has ${got}: it may be too old`, `${what}.${member}`); // prettier-ignore
}

/** Names of the members that are not as asked. What the hub leaves out is false, zero or empty. */
export function differences(asked: Asked, there: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(asked).filter((name) => JSON.stringify(asked[name]) !== JSON.stringify(there[name]));
}

/** Where what was there, or has just been made, is not, the hub has lost its disk in between: whoever asks again has it made. */
const lostMeanwhile: ReadonlySet<number> = new Set([apiCodes.streamNotFound, apiCodes.consumerNotFound]);

function refused(what: string, { words, errCode }: ApiFailure): FedwardError {
  if (lostMeanwhile.has(errCode))
    return new FedwardError('STREAM_LOST', `${what}: the hub has lost it again: ${words}`, what);
  return incompatible(`${what}: the hub refuses: ${words} (${errCode})`, what);
}
