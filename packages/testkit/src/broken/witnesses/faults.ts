import { canonicalJson, FedwardError, sha256, type AuditHead, type EntryProof } from '@fedward/core';
import type { WitnessUnderTest } from '../../witness.js';
import type { Broken } from '../expect.js';
import { Log, ReferenceWitness, signed, using } from './reference.js';

export const brokenWitnesses: Record<string, Broken<Promise<WitnessUnderTest>>> = {
  'signs an empty log': {
    create: using(
      undefined,
      class extends Log {
        override async head(known: readonly number[] = []): Promise<AuditHead> {
          return (await super.head(known)) ?? { index: -1, root: sha256(''), checkpoint: this.checkpoint(), grown: [] };
        }
      },
    ),
    fails: ['a log without entries has no head'],
  },

  'takes any growth': {
    create: using(
      class extends ReferenceWitness {
        protected override assertGrown(): void {}
      },
    ),
    fails: [
      'refuses growth that is not shown',
      'refuses a log that was written anew, however long',
      'refuses an older head than it has noted',
      'what it has noted outlives its process',
    ],
  },

  'counts entries, and does not look at roots': {
    create: using(
      class extends ReferenceWitness {
        protected override assertGrown(
          last: { readonly size: number },
          now: { readonly size: number; readonly root: string },
        ): void {
          if (now.size < last.size) throw new FedwardError('AUDIT_TAMPERED', 'shorter');
        }
      },
    ),
    fails: [
      'refuses growth that is not shown',
      'refuses a log that was written anew, however long',
      'what it has noted outlives its process',
    ],
  },

  'looks at the first growth that it is shown': {
    create: using(
      class extends ReferenceWitness {
        protected override assertGrown(...[last, now, grown]: Parameters<ReferenceWitness['assertGrown']>): void {
          super.assertGrown(last, now, grown.slice(0, 1));
        }
      },
    ),
    fails: ['finds where it was noted among several sizes'],
  },

  'refuses what it has noted already': {
    create: using(
      class extends ReferenceWitness {
        protected override assertGrown(...[last, now, grown]: Parameters<ReferenceWitness['assertGrown']>): void {
          if (now.size === last.size) throw new FedwardError('AUDIT_TAMPERED', 'again');
          super.assertGrown(last, now, grown);
        }
      },
    ),
    fails: ['notes the same head again'],
  },

  'checks no signature': {
    create: using(
      class extends ReferenceWitness {
        protected override opened(checkpoint: string | undefined): { size: number; root: string } {
          const [, size, root] = (checkpoint ?? '').split('\n');
          return { size: Number(size), root: root ?? '' };
        }
      },
    ),
    fails: ['refuses a head that is not signed, or by another key'],
  },

  'believes the numbers beside the checkpoint': {
    create: using(
      class extends ReferenceWitness {
        override async note(who: string, head: AuditHead): Promise<string> {
          this.opened(head.checkpoint);
          const now = { size: head.index + 1, root: head.root };
          const last = this.notes.get(who);
          if (last) this.assertGrown(last, now, head.grown ?? []);
          this.notes.set(who, now);
          return signed(this.own, head.checkpoint!);
        }
      },
    ),
    fails: ['refuses a head that says something else than its checkpoint'],
  },

  'notes before it looks': {
    create: using(
      class extends ReferenceWitness {
        override async note(who: string, head: AuditHead): Promise<string> {
          const last = this.notes.get(who);
          this.notes.set(who, { size: head.index + 1, root: head.root });
          if (last) {
            this.assertGrown(last, { size: head.index + 1, root: head.root }, head.grown ?? []);
          }
          const { size, root } = this.opened(head.checkpoint);
          if (size !== head.index + 1 || root !== head.root) throw new FedwardError('AUDIT_TAMPERED', 'another head');
          return signed(this.own, head.checkpoint!);
        }
      },
    ),
    fails: [
      'refuses growth that is not shown',
      'refuses a log that was written anew, however long',
      'refuses a head that says something else than its checkpoint',
      'what it has noted outlives its process',
    ],
  },

  'keeps one note for all': {
    create: using(
      class extends ReferenceWitness {
        override seen(): Promise<number> {
          return super.seen('hospital-1');
        }
      },
    ),
    fails: ['notes how far a log goes'],
  },

  'says that it has seen one entry more': {
    create: using(
      class extends ReferenceWitness {
        override async seen(who: string): Promise<number> {
          return (await super.seen(who)) + 1;
        }
      },
    ),
    fails: [
      'has seen nothing before it has noted anything',
      'notes how far a log goes',
      'notes a log that has grown, each time from where it was noted',
      'finds where it was noted among several sizes',
      'notes the same head again',
      'refuses growth that is not shown',
      'refuses a log that was written anew, however long',
      'refuses a head that says something else than its checkpoint',
      'what it has noted outlives its process',
    ],
  },

  'cosigns without saying what': {
    create: using(
      class extends ReferenceWitness {
        override async note(who: string, head: AuditHead): Promise<string> {
          await super.note(who, head);
          return signed(this.own, who);
        }
      },
    ),
    fails: ['cosigns what it has noted, and that alone'],
  },

  'takes an entry that is anywhere in the log': {
    create: using(
      class extends ReferenceWitness {
        override assertLogged(_who: string, { entry, proof }: EntryProof): void {
          if (!proof.includes(sha256(entry))) throw new FedwardError('AUDIT_TAMPERED', 'not there');
        }
      },
    ),
    fails: ['tells an entry that is in a log from one that is not'],
  },

  'proves any entry': {
    create: using(
      undefined,
      class extends Log {
        override async prove(index: number): Promise<EntryProof> {
          return index < this.entries.length ? super.prove(index) : { entry: canonicalJson({ index }), proof: '' };
        }
      },
    ),
    fails: ['tells an entry that is in a log from one that is not'],
  },

  'forgets with its process': {
    create: async () => ({
      ...(await using()()),
      reopen: async () => new ReferenceWitness('first', 'trusted', new Map()),
    }),
    fails: ['what it has noted outlives its process'],
  },
};
