import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FedwardError } from '@fedward/core';
import { safeLabels, type Labels } from './telemetry-labels.js';
import { telemetry } from './telemetry.js';
import type { Telemetry, TelemetryOptions } from './telemetry-types.js';

const service = 'fedward-site';

async function on(options: Omit<TelemetryOptions, 'service'>): Promise<Telemetry> {
  const own = await telemetry({ service, ...options });
  onTestFinished(() => own.close());
  return own;
}

/** What this process does on a network while `work` runs. */
async function calls(work: () => Promise<void>): Promise<string[]> {
  const seen: string[] = [];
  const onSocket = (message: unknown): void => {
    const { socket } = message as { readonly socket: net.Socket };
    seen.push('socket');
    socket.once('connect', () => seen.push(`connected to ${socket.remotePort}`));
  };
  const listen = vi.spyOn(net.Server.prototype, 'listen');
  const lookup = vi.spyOn(dns, 'lookup');
  subscribe('net.client.socket', onSocket);
  try {
    await work();
    seen.push(
      ...listen.mock.calls.map(() => 'listen'),
      ...lookup.mock.calls.flatMap(([host]) => (net.isIP(host) ? [] : [`asked for ${host}`])),
    );
  } finally {
    unsubscribe('net.client.socket', onSocket);
    vi.restoreAllMocks();
  }
  return seen;
}

async function use(own: Telemetry): Promise<void> {
  own.counter({ name: 'rounds', help: 'Rounds' })(1, { outcome: 'done' });
  own.gauge({ name: 'sites_present', help: 'Sites' })(3);
  own.histogram({ name: 'round_seconds', help: 'Seconds' })(0.3, { study: 's1' });
  expect(await own.span('round', { round: 1 }, () => own.span('train', {}, () => Promise.resolve(7)))).toBe(7);
  const failing = own.span('fails', {}, () => Promise.reject(new FedwardError('BUDGET_EXCEEDED', 'patient 17')));
  await expect(failing).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
}

/** A collector: what it was sent, by path. */
async function collector(): Promise<{
  readonly url: string;
  readonly port: number;
  readonly got: Map<string, string>;
}> {
  const got = new Map<string, string>();
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      got.set(request.url!, body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, got };
}

describe('telemetry', () => {
  it('is off by default: nothing listens and nothing is called', async () => {
    expect(
      await calls(async () => {
        const own = await on({ ready: () => ({ ready: true }) });
        await use(own);
        expect(own.address).toBeUndefined();
        await own.close();
      }),
    ).toEqual([]);
  });

  it('shows figures and health to whoever asks on this machine, and nothing else', async () => {
    let state: { ready: boolean; why?: string } = { ready: true };
    let own!: Telemetry;
    expect(
      await calls(async () => {
        own = await on({ prometheus: '0', ready: () => state });
        await use(own);
      }),
    ).toEqual(['listen']);
    expect(own.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const get = async (path: string, method = 'GET') => {
      const response = await fetch(`${own.address}${path}`, { method });
      return [response.status, await response.text()] as const;
    };
    const [status, text] = await get('/metrics');
    expect(status).toBe(200);
    expect(text).toContain('fedward_rounds_total{outcome="done"} 1');
    expect(text).toContain('fedward_sites_present 3');
    expect(text).toContain('fedward_round_seconds_bucket{study="s1",le="0.5"} 1');
    expect(text).toContain('fedward_round_seconds_bucket{study="s1",le="0.25"} 0');
    expect(text).toContain('service_name="fedward-site"');
    expect(text).not.toContain('patient');
    expect(await get('/healthz')).toEqual([200, 'ok\n']);
    expect(await get('/readyz')).toEqual([200, '{"ready":true}\n']);
    state = { ready: false, why: 'no connection' };
    expect(await get('/readyz')).toEqual([503, '{"ready":false,"why":"no connection"}\n']);
    expect((await get('/'))[0]).toBe(404);
    expect((await get('/metrics', 'POST'))[0]).toBe(405);
    await own.close();
    await expect(fetch(`${own.address}/healthz`)).rejects.toThrow();
  });

  it('sends to the collector that is configured, and to no other', async () => {
    const { url, port, got } = await collector();
    const seen = await calls(async () => {
      const own = await on({ otlp: { url, everySeconds: 3600 } });
      await use(own);
      await own.close();
    });
    expect(new Set(seen.filter((call) => call !== 'socket'))).toEqual(new Set([`connected to ${port}`]));
    expect([...got.keys()].sort()).toEqual(['/v1/metrics', '/v1/traces']);
    expect(got.get('/v1/metrics')).toContain('fedward_sites_present');
    const traces = got.get('/v1/traces')!;
    const { spans } = (
      JSON.parse(traces) as { resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[] }
    ).resourceSpans[0]!.scopeSpans[0]!;
    const [train, round, fails] = spans;
    expect([train!['name'], train!['parentSpanId'], fails!['name']]).toEqual(['train', round!['spanId'], 'fails']);
    expect(fails!['status']).toMatchObject({ message: 'BUDGET_EXCEEDED' });
    expect(traces).not.toContain('patient');
  });

  it('that can not be sent holds nobody up', async () => {
    const own = await on({ otlp: { url: 'http://127.0.0.1:1', everySeconds: 3600 }, closeSeconds: 0.05 });
    await use(own);
    await own.close();
  });

  it('is refused by name where an address is none, or taken', async () => {
    for (const prometheus of ['nowhere', '127.0.0.1', '1:2:3', '99999', '127.0.0.1:x'])
      await expect(telemetry({ service, prometheus })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        subject: 'prometheus',
      });
    for (const url of ['collector:4318', 'file:///x', ''])
      await expect(telemetry({ service, otlp: { url } })).rejects.toMatchObject({ subject: 'otlp.url' });
    const { port } = await collector();
    await expect(telemetry({ service, prometheus: `:${port}` })).rejects.toMatchObject({
      message: expect.stringContaining('EADDRINUSE') as string,
    });
  });
});

describe('labels', () => {
  it('are names of the list and short words', () => {
    const labels = {
      study: 's-1',
      round: 3,
      site: 'Jane Doe, born 1970',
      code: 'x'.repeat(65),
      patient: 'p17',
      kind: 0.5,
    };
    expect(safeLabels(labels as Labels)).toEqual({
      study: 's-1',
      round: '3',
      site: 'other',
      code: 'other',
      kind: 'other',
    });
  });
});
