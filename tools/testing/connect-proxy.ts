import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a proxy of the tests lets through. */
export interface ProxyRules {
  /** `user:password`. Default: it asks for none. */
  readonly credentials?: string;
  /** Default: all. As a rule a hospital's lets through to 443 alone. */
  readonly ports?: readonly number[];
}

/** An HTTP proxy that knows CONNECT and nothing else. */
export interface ConnectProxy {
  /** `http://127.0.0.1:port`, without credentials. */
  readonly url: string;
  /** Bytes that have gone through it to the other side. */
  readonly sent: () => number;
  /** How often it was asked, with what it said: 200, 403 or 407. */
  readonly answers: readonly number[];
  /** Ends it with all that goes through it. */
  kill(): Promise<void>;
  /** On the same port again. */
  start(): Promise<void>;
}

/** Starts a proxy on loopback. End it by `kill`. */
export async function startConnectProxy({ credentials, ports }: ProxyRules = {}): Promise<ConnectProxy> {
  const answers: number[] = [];
  const open = new Set<Duplex>();
  let sent = 0;
  let server: Server | undefined;
  let port = 0;
  const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const refuse = (client: Duplex, status: number, words: string): void => {
    answers.push(status);
    client.end(`HTTP/1.1 ${status} ${words}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  };
  const passOn = (client: Duplex, target: Socket): void => {
    for (const side of [client, target]) {
      open.add(side);
      side.on('error', () => undefined).on('close', () => open.delete(side));
    }
    client.on('close', () => target.destroy()).on('data', (piece: Buffer) => (sent += piece.length));
    target.on('close', () => client.destroy());
    target.on('connect', () => {
      answers.push(200);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
  };
  const start = async (): Promise<void> => {
    const started = createServer((_, response) => void response.writeHead(405).end());
    started.on('connect', (request, client: Duplex) => {
      client.on('error', () => undefined);
      const [host = '', at = ''] = request.url!.split(':');
      if (expected !== undefined && request.headers['proxy-authorization'] !== expected)
        return refuse(client, 407, 'Proxy Authentication Required');
      if (ports && !ports.includes(Number(at))) return refuse(client, 403, 'Forbidden');
      passOn(client, connect(Number(at), host));
    });
    await new Promise<void>((resolve) => started.listen(port, '127.0.0.1', resolve));
    port = (started.address() as AddressInfo).port;
    server = started;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    sent: () => sent,
    answers,
    start,
    async kill() {
      const ended = server;
      server = undefined;
      for (const side of open) side.destroy();
      if (ended) await new Promise((resolve) => ended.close(resolve));
    },
  };
}
