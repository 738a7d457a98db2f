import { randomUUID } from 'node:crypto';
import { abortable, canonicalJson, coordinator, FedwardError, parseWith, sha256 } from '@fedward/core';
import { errorFromData } from '@fedward/core/wire';
import * as z from 'zod';
import { ask } from '../connect/ask.js';
import type { Body } from '../envelope/body.js';
import { sealEnvelope } from '../envelope/envelope.js';
import { pause } from '../retry.js';
import type { SiteCourierOptions } from '../site/options.js';
import { subjects } from '../subjects.js';

const replySchema = z.union([
  z.object({
    error: z.object({ code: z.string().max(64).optional(), message: z.string(), subject: z.string().optional() }),
  }),
  z.object({ answer: z.unknown() }),
]);

/** How long an answer is waited for before the request is sent again, milliseconds. */
const patience = 5000;

/** What a hospital asks the coordinator for. Requests of one kind are asked one after the other: the newest is kept only. */
export class Requests {
  readonly #waiting = new Map<string, (body: Body) => void>();

  constructor(
    private readonly options: Pick<SiteCourierOptions, 'connection' | 'federation' | 'id' | 'signer'>,
    private readonly closed: AbortSignal,
  ) {}

  /** @throws {FedwardError} what the coordinator refuses with; ARGUMENT_INVALID for a kind that is none; ABORTED */
  async send(kind: string, said: unknown, signal: AbortSignal): Promise<unknown> {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(kind))
      throw new FedwardError('ARGUMENT_INVALID', `a request's kind has letters, digits and hyphens: ${JSON.stringify(kind)}`, 'kind'); // prettier-ignore
    const { connection, federation, id, signer } = this.options;
    const text = canonicalJson({ kind, said });
    const task = sha256(`${randomUUID()} ${text}`);
    const from = { kind: 'request', from: id, to: coordinator, federation, task };
    const { data, headers } = sealEnvelope({ ...from, payload: null, inline: false, said: text }, signer);
    const either = AbortSignal.any([signal, this.closed]);
    const replied = new Promise<Body>((resolve) => this.#waiting.set(task, resolve));
    const over = new AbortController();
    try {
      const body = await abortable(async () => {
        void replied.then(() => over.abort());
        while (!over.signal.aborted && !either.aborted) {
          await ask(connection, subjects.request(kind), data, { headers, signal: either }).catch(() => undefined);
          await Promise.race([replied, pause(patience, either)]);
        }
        return replied;
      }, either);
      const reply = parseWith(replySchema, JSON.parse(body.said), `the answer to the request ${kind}`);
      if ('error' in reply) throw errorFromData(reply.error as Parameters<typeof errorFromData>[0]);
      return reply.answer;
    } finally {
      over.abort();
      this.#waiting.delete(task);
    }
  }

  /** Takes in an answer. One that nobody waits for is an old one. */
  replied(body: Body): void {
    this.#waiting.get(body.task ?? '')?.(body);
  }
}
