import { sha256, type AuditEvent, type AuditReceipt } from '@fedward/core';
import type { AuditSinkUnderTest } from '../../audit-sink.js';
import type { Broken } from '../expect.js';
import { Log, using, write } from './reference.js';

export const brokenAuditSinks: Record<string, Broken<Promise<AuditSinkUnderTest>>> = {
  'writes events in the order in which they are ready': {
    create: using(
      class extends Log {
        private calls = 0;
        override async append(event: AuditEvent): Promise<AuditReceipt> {
          this.assertOpen();
          const line = this.encode(event);
          await (this.last = write(100 - this.calls++));
          return this.receipt(line);
        }
      },
    ),
    fails: [
      'appends under way at once are all kept, in the order of the calls',
      'an event changed after the call is logged as it was',
      'close loses no event that was under way',
    ],
  },

  'hashes the last event alone': {
    create: using(
      class extends Log {
        protected override receipt(line: string): AuditReceipt {
          return { index: this.lines.push(line) - 1, root: sha256(`${this.lines.length}${line}`) };
        }
      },
    ),
    fails: ['a root is over the whole log, not over the last event'],
  },

  'gives equal events the same root': {
    create: using(
      class extends Log {
        protected override receipt(line: string): AuditReceipt {
          return { index: this.lines.push(line) - 1, root: sha256([...new Set(this.lines)].join('\n')) };
        }
      },
    ),
    fails: ['every append changes the root'],
  },

  'gives a root that is no hash': {
    create: using(
      class extends Log {
        protected override receipt(line: string): AuditReceipt {
          const { index } = super.receipt(line);
          return { index, root: `root-${index}-${line}` };
        }
      },
    ),
    fails: ['every append changes the root', 'a root is over the whole log, not over the last event'],
  },

  'gives all that wait the same root': {
    create: using(
      class extends Log {
        private waiting = 0;
        override async append(event: AuditEvent): Promise<AuditReceipt> {
          this.waiting++;
          const { index } = await super.append(event);
          while (--this.waiting > 0) await this.last;
          return { index, root: this.root };
        }
      },
    ),
    fails: ['appends under way at once are all kept, in the order of the calls'],
  },

  'resolves before the event is stored': {
    create: using(
      class extends Log {
        protected override async store(line: string): Promise<AuditReceipt> {
          this.root = sha256(this.root + line);
          const index = this.promised++;
          this.late = this.late.then(() => write()).then(() => void this.lines.push(line));
          return { index, root: this.root };
        }
        private promised = 0;
        private late: Promise<void> = Promise.resolve();
        override async close(): Promise<void> {
          await super.close();
          await this.late;
        }
      },
    ),
    fails: [
      'events are read back in the order of append',
      'an event is stored once append resolves',
      'every member of an event is read back as it was',
      'appends under way at once are all kept, in the order of the calls',
      'an event changed after the call is logged as it was',
      'what JSON can not carry is refused, never written as something else',
    ],
  },

  'counts from 1 on': {
    create: using(
      class extends Log {
        protected override receipt(line: string): AuditReceipt {
          const { index, root } = super.receipt(line);
          return { index: index + 1, root };
        }
      },
    ),
    fails: [
      'a receipt gives the position, from 0 on',
      'appends under way at once are all kept, in the order of the calls',
      'what JSON can not carry is refused, never written as something else',
    ],
  },

  'takes events after it was closed': {
    create: using(
      class extends Log {
        protected override assertOpen(): void {}
      },
    ),
    fails: ['append after close is refused with AUDIT_FAILED'],
  },

  'refuses after close with an error of its own': {
    create: using(
      class extends Log {
        protected override assertOpen(): void {
          if (this.closed) throw new Error('closed');
        }
      },
    ),
    fails: ['append after close is refused with AUDIT_FAILED'],
  },

  'drops what is under way when it is closed': {
    create: using(
      class extends Log {
        protected override async store(line: string): Promise<AuditReceipt> {
          await write();
          return this.closed ? { index: 0, root: this.root } : this.receipt(line);
        }
      },
    ),
    fails: ['close loses no event that was under way'],
  },

  'writes an event down when its turn comes': {
    create: using(
      class extends Log {
        override async append(event: AuditEvent): Promise<AuditReceipt> {
          this.assertOpen();
          const stored = this.last.then(() => this.store(this.encode(event)));
          this.last = stored.catch(() => undefined);
          return stored;
        }
      },
    ),
    fails: ['an event changed after the call is logged as it was'],
  },

  'writes NaN as null': {
    create: using(
      class extends Log {
        protected override encode(event: AuditEvent): string {
          return JSON.stringify(event);
        }
      },
    ),
    fails: ['what JSON can not carry is refused, never written as something else'],
  },

  'numbers an event before it checks it': {
    create: using(
      class extends Log {
        private next = 0;
        protected override encode(event: AuditEvent): string {
          this.next++;
          return super.encode(event);
        }
        protected override receipt(line: string): AuditReceipt {
          return { ...super.receipt(line), index: this.next - 1 };
        }
      },
    ),
    fails: [
      'appends under way at once are all kept, in the order of the calls',
      'what JSON can not carry is refused, never written as something else',
    ],
  },

  'marks the event that it is given': {
    create: using(
      class extends Log {
        protected override encode(event: AuditEvent): string {
          const line = super.encode(event);
          Object.assign(event.details, { logged: true });
          return line;
        }
      },
    ),
    fails: [
      'events are read back in the order of append',
      'an event is stored once append resolves',
      'every member of an event is read back as it was',
      'every append changes the root',
      'appends under way at once are all kept, in the order of the calls',
      'an event is not changed',
      'what JSON can not carry is refused, never written as something else',
      'append after close is refused with AUDIT_FAILED',
      'close loses no event that was under way',
    ],
  },

  'invents an event for an empty log': {
    create: using(
      class extends Log {
        override async read(): Promise<AuditEvent[]> {
          const event = { type: 'run-start', time: '2024-01-01T00:00:00.000Z', runId: '', details: {} } as const;
          return this.lines.length === 0 ? [event] : super.read();
        }
      },
    ),
    fails: ['a new log is empty'],
  },

  'breaks lines inside of an event': {
    create: using(
      class extends Log {
        override async read(): Promise<AuditEvent[]> {
          return (await super.read()).map(
            (event) => JSON.parse(JSON.stringify(event).replaceAll('\\n', ' ')) as AuditEvent,
          );
        }
      },
    ),
    fails: ['every member of an event is read back as it was'],
  },
};
