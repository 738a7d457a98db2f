import { canonicalJson, FedwardError, sha256, type AuditEvent, type AuditReceipt, type AuditSink } from '@fedward/core';
import type { AuditSinkUnderTest } from '../../audit-sink.js';

/** As long as a write takes. */
export const write = (turns = 2): Promise<void> =>
  new Promise((resolve) => {
    const turn = (left: number): void => void (left > 0 ? setImmediate(turn, left - 1) : resolve());
    turn(turns);
  });

/** A correct log of lines, as small as it can be: an event is written down when called, one after the other. */
export class Log implements AuditSink {
  readonly lines: string[] = [];
  protected root = sha256('');
  protected closed = false;
  protected last: Promise<unknown> = Promise.resolve();

  async append(event: AuditEvent): Promise<AuditReceipt> {
    this.assertOpen();
    const line = this.encode(event);
    const stored = this.last.then(() => this.store(line));
    this.last = stored;
    return stored;
  }

  protected assertOpen(): void {
    if (this.closed) throw new FedwardError('AUDIT_FAILED', 'the log is closed');
  }

  protected encode(event: AuditEvent): string {
    return canonicalJson(event);
  }

  protected async store(line: string): Promise<AuditReceipt> {
    await write();
    return this.receipt(line);
  }

  protected receipt(line: string): AuditReceipt {
    this.root = sha256(this.root + line);
    return { index: this.lines.push(line) - 1, root: this.root };
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.last;
  }

  async read(): Promise<AuditEvent[]> {
    return this.lines.map((line) => JSON.parse(line) as AuditEvent);
  }
}

type Create = () => Promise<AuditSinkUnderTest>;
export const using =
  (log: new () => Log): (() => Promise<AuditSinkUnderTest>) =>
  async () => {
    const sink = new log();
    return { sink, read: () => sink.read() };
  };

export const referenceAuditSink: Create = using(Log);
