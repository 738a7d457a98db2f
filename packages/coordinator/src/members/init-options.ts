import { FedwardError } from '@fedward/core';
import type { NewCoordinator } from '../config/write.js';
import { isEverywhere } from '../hub/addresses.js';

/** Of `fedward coordinator init`, as they were typed. */
export interface InitWishes {
  readonly federation: string;
  readonly hub: string;
  readonly listen: string;
  /** False: none; absent: at the port of `hub`. */
  readonly websocket?: string | boolean;
  readonly binary?: string;
  readonly start: boolean;
}

/**
 * What a coordinator begins with.
 * @throws {FedwardError} CONFIG_INVALID for what is no address
 */
export function newCoordinator({ federation, hub, listen, websocket, binary, start }: InitWishes): NewCoordinator {
  const outside = partsOf(hub, '--hub', '443');
  const inside = partsOf(listen, '--listen');
  const webSocket = websocketOf(websocket, outside.port);
  const servers = [
    ...(webSocket === null ? [] : [`wss://${outside.host}:${outside.port}`]),
    `tls://${outside.host}:${inside.port}`,
  ];
  // By these the coordinator itself reaches it.
  const hosts = [
    ...new Set([outside.host, ...(isEverywhere(inside.host) ? [] : [inside.host]), 'localhost', '127.0.0.1']),
  ];
  return {
    ...{ federation, listen, websocket: webSocket, hosts: hosts.map(bare), servers, start },
    ...(binary !== undefined && { binary }),
  };
}

function websocketOf(websocket: string | boolean | undefined, port: string): string | null {
  if (websocket === false) return null;
  if (typeof websocket !== 'string') return `0.0.0.0:${port}`;
  partsOf(websocket, '--websocket');
  return websocket;
}

/** An address of IPv6 without its brackets, as certificates have it. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function partsOf(address: string, option: string, port?: string): { readonly host: string; readonly port: string } {
  const match = /^(\[[0-9a-fA-F:]+\]|[^\s:/@]+)(?::(\d{1,5}))?$/.exec(address);
  const found = match?.[2] ?? port;
  if (match?.[1] !== undefined && found !== undefined && Number(found) <= 65535) return { host: match[1], port: found };
  throw new FedwardError('CONFIG_INVALID', `${option}: ${JSON.stringify(address)} is not host:port`, option);
}
