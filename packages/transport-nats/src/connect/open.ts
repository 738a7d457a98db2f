import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { createWebSocketStream, WebSocket } from 'ws';
import type { HubAddress, HubIdentity } from './hub-options.js';

/** What both routes to a hub come to: bytes of the NATS protocol both ways, in TLS. */
export interface OpenRoute {
  readonly stream: Duplex;
  /** What the hub has said in the clear before TLS. */
  readonly greeting?: Uint8Array;
}

/** How long a connection may take until TLS is established, milliseconds. */
const patience = 8000;
/** Of what a hub says before TLS, bytes. */
const mostGreeting = 64 * 1024;

/** A proxy's answer to CONNECT that is no consent. */
export class ProxyRefusal extends Error {
  constructor(readonly status: number) {
    super(`the proxy answers ${status} to CONNECT`);
  }
}

/** Opens one connection. @throws what the network, the proxy or TLS had to say: see `wordsOfFailure` */
export async function openRoute(
  address: HubAddress,
  identity: () => HubIdentity,
  proxy: string | undefined,
): Promise<OpenRoute> {
  const shown = identity();
  return address.route === 'wss' ? openWebSocket(address, shown, proxy) : openTls(address, shown);
}

/** On the NATS port the hub introduces itself first, in the clear, and TLS begins after that line. */
async function openTls(address: HubAddress, identity: HubIdentity): Promise<OpenRoute> {
  const { host, port } = address;
  const socket = connectTcp({ host, port, noDelay: true });
  try {
    const greeting = await within(socket, greetingOf(socket));
    const stream = connectTls({ socket, ...tlsOptions(address, identity) });
    await within(stream, new Promise<void>((resolve) => stream.once('secureConnect', resolve)));
    return { stream, greeting };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function greetingOf(socket: Socket): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const take = (piece: Buffer): void => {
      pieces.push(piece);
      const all = Buffer.concat(pieces);
      if (!all.includes('\r\n')) {
        if (all.length > mostGreeting) reject(new Error('what answers there is no nats-server'));
        return;
      }
      socket.off('data', take);
      socket.pause();
      resolve(all);
    };
    socket.on('data', take);
  });
}

async function openWebSocket(
  address: HubAddress,
  identity: HubIdentity,
  proxy: string | undefined,
): Promise<OpenRoute> {
  const agent = proxy === undefined ? undefined : new HttpsProxyAgent(proxy);
  let refusal: ProxyRefusal | undefined;
  const socket = new WebSocket(address.url, {
    ...tlsOptions(address, identity),
    ...(agent && { agent }),
    perMessageDeflate: false,
    handshakeTimeout: patience,
    finishRequest: (request) => {
      request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
        if (statusCode !== 200) refusal = new ProxyRefusal(statusCode);
      });
      request.end();
    },
  });
  const stream = createWebSocketStream(socket);
  try {
    await within(stream, new Promise<void>((resolve) => socket.once('open', resolve)));
    return { stream };
  } catch (error) {
    stream.destroy();
    throw refusal ?? error;
  }
}

function tlsOptions({ host }: HubAddress, { certificate, key, authority }: HubIdentity) {
  return {
    host,
    ...(isIP(host) === 0 && { servername: host }),
    cert: certificate,
    key,
    ca: authority,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
  };
}

/** What is waited for, unless the stream fails or ends, or the time is over first. */
async function within<T>(stream: Duplex, wanted: Promise<T>): Promise<T> {
  let stop: () => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${patience / 1000} s`)), patience);
    const closed = (): void => reject(new Error('the other side has closed the connection'));
    stream.once('error', reject).once('close', closed);
    stop = () => {
      clearTimeout(timer);
      stream.off('close', closed);
      // The listener for errors goes only after whoever reads the stream has put one.
      setImmediate(() => stream.off('error', reject));
    };
  });
  try {
    return await Promise.race([wanted, failed]);
  } finally {
    stop();
  }
}
