import { setTimeout as sleep } from 'node:timers/promises';
import { isFedwardError, withDeadline, wordsOf } from '@fedward/core';
import type { Study } from '@fedward/transport-nats';
import type { StudyParts, StudyTransport } from './parts.js';
import type { MemberStanding } from './study-store.js';

/** How long a hospital may take to say where a study stands there, seconds. */
const patience = 20;

/** Where a study stands at its members: asked for again and again, so that an approval that is given later is noticed. */
export class Approvals {
  readonly #standings = new Map<string, Pick<MemberStanding, 'state' | 'why'>>();

  constructor(
    private readonly study: Study,
    private readonly parts: Pick<StudyParts, 'store' | 'presence' | 'say'>,
  ) {}

  /** What is in the store. */
  async recall(): Promise<void> {
    for (const { site, state, why } of await this.parts.store.standings(this.study))
      this.#standings.set(site, { state, why });
  }

  approved(id: string): boolean {
    return this.#standings.get(id)?.state === 'approved';
  }

  /** In the order of the federation. */
  get approving(): readonly string[] {
    return this.study.members.filter((id) => this.approved(id));
  }

  /** Who does not approve, each with what is known of it, in words. */
  get missing(): string {
    const others = this.study.members.filter((id) => !this.approved(id));
    return others
      .map((id) => {
        const { state = 'unknown', why = '' } = this.#standings.get(id) ?? {};
        const said = state === 'unknown' ? (this.parts.presence.of(id).present ? 'not asked yet' : 'absent') : state;
        return `${id} (${why === '' ? said : `${said}: ${why}`})`;
      })
      .join(', ');
  }

  /**
   * Asks whoever is there and has not approved, each again after so many seconds, until the signal fires. A hospital that
   * can't be reached stays as it was.
   */
  async watch(transport: StudyTransport, every: number, signal: AbortSignal, onChange: () => void): Promise<void> {
    const { presence } = this.parts;
    const one = async (id: string): Promise<void> => {
      while (!signal.aborted) {
        if (!this.approved(id) && presence.of(id).present && (await this.#ask(transport, id, signal))) onChange();
        await sleep(every * 1000, undefined, { signal }).catch(() => undefined);
      }
    };
    await Promise.all(this.study.members.map(one));
  }

  /** A hospital has taken its approval back. */
  async withdrawn(id: string, why: string): Promise<void> {
    await this.#set(id, { state: 'refused', why });
  }

  /** @returns whether what it says is new */
  async #ask(transport: StudyTransport, id: string, signal: AbortSignal): Promise<boolean> {
    try {
      const said = await withDeadline(patience, signal, (own) => transport.propose(id, this.study, own));
      return await this.#set(id, { state: said.state, why: said.why.slice(0, 1000) });
    } catch (error) {
      // A refusal in words; else it was not reached, or the store not, and it is asked again.
      if (!isFedwardError(error) || error.family !== 'configuration') return false;
      const why = wordsOf(error).slice(0, 1000);
      return this.#set(id, { state: 'refused', why }).catch(() => false);
    }
  }

  async #set(id: string, standing: Pick<MemberStanding, 'state' | 'why'>): Promise<boolean> {
    const before = this.#standings.get(id);
    if (before?.state === standing.state && before.why === standing.why) return false;
    await this.parts.store.setStanding(this.study.id, id, standing);
    this.#standings.set(id, standing);
    this.parts.say('info', `${id}: ${standing.state}`, { study: this.study.id, why: standing.why });
    return true;
  }
}
