import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FedwardError, type Json } from '@fedward/core';
import { makeFolder, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import { errorAnswer, socketName, socketPathName } from './control-protocol.js';

/**
 * Answers one kind of question: with a value, or with one after the other until `signal` fires, which it does when whoever
 * asked has gone.
 */
export type ControlHandler = (body: Json, signal: AbortSignal) => Promise<Json> | AsyncIterable<Json>;

/** A daemon's control socket, open. */
export interface ControlServer {
  /** Of the socket. */
  readonly path: string;
  /** Ends it, with what it is at. */
  close(): Promise<void>;
}

/** Length in bytes that the path of a socket may have: `sun_path` has 108 on Linux and 104 elsewhere, with a zero at the end. */
const longestPath = process.platform === 'linux' ? 107 : 103;
/** Of a question, in bytes. */
const longestBody = 16 * 1024 * 1024;

/**
 * Listens in a folder for whoever may write to it: HTTP over a Unix socket, `POST /NAME` with a JSON body. Only the owner
 * of the folder can connect (mode 0600). Call it under the folder's lock: a socket that is there is taken for a dead one's.
 *
 * @param handlers by name
 * @throws {FedwardError} STORAGE_FAILED where the socket can't be made
 */
export async function serveControl(
  folder: string,
  handlers: Readonly<Record<string, ControlHandler>>,
): Promise<ControlServer> {
  await makeFolder(folder);
  const path = await socketPath(folder);
  const server = createServer((request, response) => void answer(handlers, request, response));
  try {
    await rm(path, { force: true });
    server.listen(path);
    await once(server, 'listening');
    await chmod(path, 0o600);
  } catch (cause) {
    server.close();
    throw storageFailure('write', path, cause);
  }
  return {
    path,
    async close() {
      const closed = once(server, 'close');
      server.close(); // removes the socket
      server.closeAllConnections();
      await closed;
      await rm(join(folder, socketPathName), { force: true });
      if (dirname(path) !== folder) await rm(dirname(path), { recursive: true, force: true });
    },
  };
}

/** Beside what it controls; where that path is too long, in a folder of its own that nobody else can enter, and told. */
async function socketPath(folder: string): Promise<string> {
  const own = join(folder, socketName);
  const told = join(folder, socketPathName);
  if (Buffer.byteLength(own) <= longestPath) {
    await rm(told, { force: true });
    return own;
  }
  const path = join(await mkdtemp(join(tmpdir(), 'fedward-')), socketName);
  await writeFileAtomic(told, path);
  return path;
}

async function answer(
  handlers: Readonly<Record<string, ControlHandler>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.on('error', () => gone.abort());
  response.setHeader('content-type', 'application/x-ndjson');
  try {
    const name = (request.url ?? '').slice(1);
    const handler = Object.hasOwn(handlers, name) && request.method === 'POST' ? handlers[name] : undefined;
    if (!handler) throw new FedwardError('CONFIG_INVALID', `this daemon knows no ${name}`, name);
    const given = handler(await bodyOf(request), gone.signal);
    if (!(Symbol.asyncIterator in given)) return void response.end(line(await given));
    response.flushHeaders();
    for await (const value of given) {
      if (gone.signal.aborted) break;
      if (!response.write(line(value))) await once(response, 'drain', { signal: gone.signal });
    }
    response.end();
  } catch (error) {
    if (!gone.signal.aborted) response.end(`${errorAnswer(error)}\n`);
  }
}

function line(value: Json): string {
  return `${JSON.stringify({ value })}\n`;
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > longestBody)
      throw new FedwardError('MESSAGE_INVALID', `a question has at most ${longestBody} bytes`, 'body');
    pieces.push(piece);
  }
  try {
    return length === 0 ? null : (JSON.parse(Buffer.concat(pieces).toString()) as Json);
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', 'the body of a question is JSON', 'body', { cause });
  }
}
