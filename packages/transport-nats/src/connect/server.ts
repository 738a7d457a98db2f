import { FedwardError, incompatible } from '@fedward/core';
import type { NatsConnection } from '@nats-io/nats-core';

/** The oldest server that this works with. */
const floor = '2.9.10';
/** The oldest that is for use: it keeps what it says it keeps (`sync_interval`), and says what it does not know. */
const recommended = '2.12.8';

/**
 * Whether this server will do.
 * @returns a notice for people, where it is for tests only
 * @throws {FedwardError} CONFIG_INCOMPATIBLE below 2.9.10, or where the hub has no JetStream
 */
export function assertServer(connection: NatsConnection): string | undefined {
  const info = connection.info;
  if (!info) throw new FedwardError('HUB_SILENT', 'the hub has not said what it is', 'server');
  if (info.jetstream !== true) throw incompatible('the hub keeps no streams: switch JetStream on in its configuration', 'server'); // prettier-ignore
  if (isBefore(info.version, floor)) throw incompatible(`nats-server ${info.version} is too old: ${floor} at least, ${recommended} for use`, 'server'); // prettier-ignore
  if (!isBefore(info.version, recommended)) return undefined;
  return `nats-server ${info.version} is for tests: before ${recommended} what it has acknowledged may be lost with the machine's power`;
}

/** Of versions such as `2.12.8` or `2.15.0-RC.1`, which is before its release. */
export function isBefore(version: string, other: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(other)];
  const differs = a.findIndex((number, i) => number !== b[i]);
  return differs >= 0 && a[differs]! < b[differs]!;
}

function numbersOf(version: string): readonly number[] {
  const [, major, minor, patch, pre] = /^v?(\d+)\.(\d+)\.(\d+)(-.*)?$/.exec(version) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0), Number(patch ?? 0), pre === undefined ? 1 : 0];
}
