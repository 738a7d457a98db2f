import { isFedwardError } from '@fedward/core';

/** Refusals that stand until somebody at the hospital sees to them, with what they are for people. */
const lasting: Readonly<Record<string, string>> = {
  BUDGET_EXCEEDED: "its hospitals' budgets are spent",
  PLAN_NOT_APPROVED: 'its hospitals do not approve of it',
  POLICY_REFUSED: "its hospitals' rules refuse it",
};

/**
 * Which hospitals of a study refuse what only people can change. Where so many do that no round has its quorum, a study that
 * tried again by itself would charge the others' budgets, or wait for ever.
 */
export class Refusals {
  readonly #standing = new Map<string, { readonly code: string; readonly words: string }>();

  constructor(
    private readonly members: readonly string[],
    private readonly quorum: number,
  ) {}

  /** What a hospital answered a task: nothing is wrong any more, or this is. Errors of other kinds change nothing. */
  note(id: string, error?: unknown): void {
    if (error === undefined) this.#standing.delete(id);
    else if (isFedwardError(error) && Object.hasOwn(lasting, error.code))
      this.#standing.set(id, { code: error.code, words: error.message });
  }

  /** Why no round can have its quorum, with what each hospital said; undefined where one can. */
  get tooMany(): string | undefined {
    if (this.members.length - this.#standing.size >= this.quorum) return undefined;
    return Object.entries(lasting)
      .flatMap(([code, what]) => {
        const said = [...this.#standing].filter(([, refusal]) => refusal.code === code);
        const each = said.map(([id, { words }]) => (words.startsWith(id) ? words : `${id}: ${words}`));
        return said.length === 0 ? [] : [`${what}: ${each.join('; ')}`];
      })
      .join('; ')
      .slice(0, 1000);
  }

  /** Somebody says that they are seen to: all are asked again. */
  forget(): void {
    this.#standing.clear();
  }
}
