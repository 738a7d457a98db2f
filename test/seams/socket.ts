import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { FedwardError, type Client, type Transport } from '@fedward/core';
import { remoteClient, serveClient } from '@fedward/core/wire';

/** A question and its reply are one connection: each side writes its bytes and closes its end. */
function read(socket: Socket): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  return new Promise((resolve, reject) => {
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.once('end', () => resolve(new Uint8Array(Buffer.concat(pieces)))).once('error', reject);
  });
}

/** A site's door: a local socket at a path. Whoever hangs up waits for no reply any more. */
export async function listenAt(path: string, client: Client): Promise<{ close(): Promise<void> }> {
  const serve = serveClient(client);
  await rm(path, { force: true }); // of a process that was killed
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const gone = new AbortController();
    socket.on('error', () => gone.abort()).on('close', () => gone.abort());
    void read(socket)
      .then((question) => serve(question, gone.signal))
      .then((reply) => socket.end(reply))
      .catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  return { close: () => new Promise((resolve) => void server.close(() => resolve())) };
}

/** Sites behind local sockets, by id. */
export function socketTransport(paths: Readonly<Record<string, string>>): Transport {
  let closed = false;
  const exchange = async (id: string, bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> => {
    const path = closed ? undefined : paths[id];
    if (path === undefined) throw new FedwardError('CLIENT_UNKNOWN', closed ? 'the transport is closed' : `there is no client ${id}`, id); // prettier-ignore
    if (signal.aborted) throw new FedwardError('ABORTED', 'stopped before it was sent', id);
    const socket = createConnection({ path, allowHalfOpen: true });
    const hangUp = (): void => void socket.destroy(new FedwardError('ABORTED', 'stopped before it was answered', id));
    signal.addEventListener('abort', hangUp);
    try {
      socket.end(bytes);
      const reply = await read(socket);
      if (reply.length === 0) throw new FedwardError('CLIENT_FAILED', `${id} hung up`, id);
      return reply;
    } finally {
      signal.removeEventListener('abort', hangUp);
      socket.destroy();
    }
  };
  return {
    clients: () => Object.keys(paths),
    client: (id) => remoteClient(id, (bytes, signal) => exchange(id, bytes, signal)),
    close: async () => void (closed = true),
  };
}
