import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FedwardError } from '@fedward/core';
import type { Readiness } from './telemetry-types.js';

/** Where figures are to be had. */
export interface FiguresServer {
  /** `http://HOST:PORT` */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Answers GET /metrics, /healthz and /readyz, and nothing else.
 * @param at `HOST:PORT`, `[IPv6]:PORT`, `:PORT` or `PORT`; without a host on 127.0.0.1
 * @throws {FedwardError} CONFIG_INVALID for what is no address, or one that can't be listened at
 */
export async function serveFigures(
  at: string,
  ready: () => Readiness,
  figures: () => Promise<string>,
): Promise<FiguresServer> {
  const { host, port } = parseAddress(at);
  const server = createServer((request, response) => void answer(request, response, ready, figures));
  server.maxConnections = 64;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FedwardError('CONFIG_INVALID', `telemetry can't listen at ${at}: ${why}`, 'prometheus', { cause });
  }
  server.unref();
  const { address, family, port: given } = server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${given}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function parseAddress(at: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port = ''] = /^(?:(?:\[([0-9a-f:.]+)\]|([^:[\]\s]*)):)?(\d{1,5})$/i.exec(at) ?? [];
  if (port === '' || Number(port) > 65_535)
    throw new FedwardError('CONFIG_INVALID', `telemetry listens at HOST:PORT or PORT, not ${at}`, 'prometheus');
  return { host: bracketed ?? (plain || '127.0.0.1'), port: Number(port) };
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  ready: () => Readiness,
  figures: () => Promise<string>,
): Promise<void> {
  const say = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  };
  const path = (url ?? '').split('?')[0];
  if (!['/metrics', '/healthz', '/readyz'].includes(path!)) return say(404, 'not found\n');
  if (method !== 'GET') return say(405, 'GET only\n');
  try {
    if (path === '/healthz') return say(200, 'ok\n');
    if (path === '/metrics') return say(200, await figures(), 'text/plain; version=0.0.4; charset=utf-8');
    const state = ready();
    say(state.ready ? 200 : 503, `${JSON.stringify(state)}\n`, 'application/json');
  } catch {
    say(500, 'failed\n');
  }
}
