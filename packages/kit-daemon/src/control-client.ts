import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FedwardError, isFedwardError, type Json } from '@fedward/core';
import { hasErrno, readTextIfThere } from '@fedward/kit-files';
import { socketName, socketPathName, valueOf } from './control-protocol.js';

/** Of `askControl` and `followControl`. */
export interface AskOptions {
  /** Which daemon it is, as in its command: `site`. */
  readonly program: string;
  /** Without a word from it. Default: 30, for what is followed no limit. */
  readonly timeoutSeconds?: number;
  /** Ends it from outside. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the daemon of a folder.
 * @param name of the handler
 * @throws {FedwardError} CONFIG_INVALID where none runs there, saying how it is started; DEADLINE_PASSED; ABORTED; what the
 *   handler throws, with its code
 */
export async function askControl(folder: string, name: string, body: Json, options: AskOptions): Promise<Json> {
  for await (const value of followControl(folder, name, body, { timeoutSeconds: 30, ...options })) return value;
  throw new FedwardError('MESSAGE_INVALID', `the ${options.program} in ${folder} said nothing to ${name}`, name);
}

/**
 * Asks for what changes: one value after the other, for as long as the daemon gives them. To end it, leave the loop.
 * @throws {FedwardError} as `askControl`
 */
export async function* followControl(
  folder: string,
  name: string,
  body: Json,
  options: AskOptions,
): AsyncGenerator<Json, void, undefined> {
  const path = await socketOf(folder);
  const response = await post(path, name, body, folder, options);
  try {
    for await (const line of createInterface({ input: response, crlfDelay: Infinity })) yield valueOf(line, path);
    if (!response.complete) throw new Error('it ended in the middle of an answer');
  } catch (error) {
    throw isFedwardError(error) ? error : failure(error, name, folder, options);
  } finally {
    response.destroy();
  }
}

async function socketOf(folder: string): Promise<string> {
  return (await readTextIfThere(join(folder, socketPathName))) ?? join(folder, socketName);
}

function post(path: string, name: string, body: Json, folder: string, options: AskOptions): Promise<IncomingMessage> {
  const { timeoutSeconds, signal } = options;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(failure(error, name, folder, options));
    const sent = request({
      ...{ socketPath: path, path: `/${name}`, method: 'POST', agent: false },
      ...(signal && { signal }),
    });
    if (timeoutSeconds !== undefined)
      sent.setTimeout(timeoutSeconds * 1000, () => sent.destroy(silent(name, folder, options)));
    sent.on('response', resolve);
    sent.on('error', fail);
    sent.end(JSON.stringify(body));
  });
}

function silent(name: string, folder: string, { program, timeoutSeconds }: AskOptions): FedwardError {
  const message = `the ${program} in ${folder} has said nothing to ${name} for ${timeoutSeconds} s`;
  return new FedwardError('DEADLINE_PASSED', message, folder);
}

function failure(error: unknown, name: string, folder: string, { program, signal }: AskOptions): FedwardError {
  if (isFedwardError(error)) return error;
  const why = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (signal?.aborted) return new FedwardError('ABORTED', `${name} was stopped`, name, options);
  if (hasErrno(error, 'ENOENT', 'ECONNREFUSED', 'ENAMETOOLONG', 'EINVAL', 'ENOTDIR')) {
    const message = `no ${program} is running in ${folder}: start it with \`fedward ${program} start\``;
    return new FedwardError('CONFIG_INVALID', message, folder, options);
  }
  if (hasErrno(error, 'EACCES', 'EPERM')) {
    const message = `the ${program} in ${folder} is another user's: ask it as the user that it runs under`;
    return new FedwardError('CONFIG_INVALID', message, folder, options);
  }
  return new FedwardError(
    'CLIENT_ABSENT',
    `the ${program} in ${folder} went away during ${name}: ${why}`,
    folder,
    options,
  );
}
