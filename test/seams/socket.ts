import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { FedwardError, type Client, type Transport } from '@fedward/core';
import { remoteClient, serveClient } from '@fedward/core/wire';

/** A question and its reply are one connection, each behind its length. Who hangs up waits for nothing any more. */
function send(socket: Socket, bytes: Uint8Array): void {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  socket.write(length);
  socket.write(bytes);
}

/** The next message. @throws what ended the connection before it was whole */
function receive(socket: Socket): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      const length = size < 8 ? Infinity : Number(Buffer.concat(pieces.slice(0, 8)).readBigUInt64LE());
      if (size >= 8 + length) resolve(new Uint8Array(Buffer.concat(pieces)).slice(8));
    });
    socket.once('error', reject).once('close', () => reject(new FedwardError('CLIENT_FAILED', 'the site hung up')));
  });
}

/** A site's door: a local socket at a path. */
export async function listenAt(path: string, client: Client): Promise<{ close(): Promise<void> }> {
  const serve = serveClient(client);
  const open = new Set<Socket>();
  await rm(path, { force: true }); // of a process that was killed
  const server = createServer((socket) => {
    const gone = new AbortController();
    open.add(socket);
    socket.on('close', () => open.delete(socket) && gone.abort()).on('error', () => undefined);
    void receive(socket)
      .then((question) => serve(question, gone.signal))
      .then((reply) => send(socket, reply))
      .catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Sites behind local sockets, by id. */
export function socketTransport(paths: Readonly<Record<string, string>>): Transport {
  let closed = false;
  const exchange = async (id: string, bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> => {
    if (closed) throw new FedwardError('CLIENT_UNKNOWN', 'the transport is closed', id);
    if (!Object.hasOwn(paths, id)) throw new FedwardError('CLIENT_UNKNOWN', `there is no client ${id}`, id);
    if (signal.aborted) throw new FedwardError('ABORTED', 'stopped before it was sent', id);
    const socket = createConnection(paths[id]!);
    const hangUp = (): void => void socket.destroy(new FedwardError('ABORTED', 'stopped before it was answered', id));
    signal.addEventListener('abort', hangUp);
    try {
      send(socket, bytes);
      return await receive(socket);
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
