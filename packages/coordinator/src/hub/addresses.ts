import type { CoordinatorConfig } from '../config/read.js';

/** Where the coordinator reaches the hub: as `hub.connect` says, or on this machine, or where hospitals do. */
export function hubAddresses({ hub }: CoordinatorConfig): readonly string[] {
  if (hub.connect !== null) return [hub.connect];
  if (!hub.start) return hub.servers;
  const [, host, port] = /^(.*):(\d+)$/.exec(hub.listen)!;
  return [`tls://${isEverywhere(host!) ? '127.0.0.1' : host}:${port}`];
}

/** Whether a server that listens there listens at all addresses of its machine. */
export function isEverywhere(host: string): boolean {
  return ['0.0.0.0', '[::]'].includes(host);
}
