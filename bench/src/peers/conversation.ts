import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FedwardError } from '@fedward/core';

/**
 * A peer that stays up and is asked for one measurement after the other, so that it starts and warms up once: one
 * line of JSON in, one line of JSON out.
 */
export interface Conversation {
  /** @throws {FedwardError} CLIENT_FAILED once the peer has ended */
  ask(question: object): Promise<Readonly<Record<string, number>>>;
  end(): void;
}

/** For the environment of a Python: one thread, as fedward has; else ratios would depend on the number of cores. */
export const oneThread = { OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };

/** @throws nothing: a program that does not run fails the first question */
export function converse(
  [program, ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Conversation {
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  let stderr = '';
  let ended = '';
  let waiting: { resolve(line: string): void; reject(error: Error): void } | undefined;
  const fail = (why: string): void => {
    ended ||= why;
    waiting?.reject(new FedwardError('CLIENT_FAILED', `${program} ${args[0] ?? ''} ${ended}`, program));
    waiting = undefined;
  };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)));
  child.stdin.on('error', () => undefined); // told by `close`
  child.on('error', ({ message }) => fail(message));
  child.on('close', (code) => fail(`ended with exit code ${code}: ${stderr.trim()}`));
  createInterface(child.stdout).on('line', (line) => {
    waiting?.resolve(line);
    waiting = undefined;
  });
  return {
    async ask(question) {
      const line = await new Promise<string>((resolve, reject) => {
        waiting = { resolve, reject };
        if (ended) fail(ended);
        else child.stdin.write(JSON.stringify(question) + '\n');
      });
      return JSON.parse(line) as Record<string, number>;
    },
    end: () => child.stdin.end(),
  };
}
