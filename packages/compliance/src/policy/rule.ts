import type { Adjacency, Asked, DpEvent, Leaving } from '@fedward/core';
import type { ApprovalStore } from '../approval/store.js';
import type { RunSubject } from '../approval/subject.js';
import type { SitePolicyRules } from './schema.js';

/** What a policy can't know of itself. A rule that needs what is not there refuses. */
export interface PolicyTools {
  /** Epsilon of events at a delta, under an adjacency. */
  readonly price?: (event: DpEvent, delta: number, adjacency: Adjacency) => number;
  /** Where the host keeps what was approved. */
  readonly approvals?: ApprovalStore;
  /** What would run, as it has to be approved. */
  readonly subjectOf?: (asked: Asked) => RunSubject;
  /** The epsilon that the site's ledger may spend in all. */
  readonly ledgerBudget?: number | undefined;
}

/** Why a rule says no. */
export interface Ruling {
  /** For the site's log, exact. */
  readonly reason: string;
  /** For the author of the plan: what to change. No number that follows from patients. */
  readonly told: string;
}

/** What a rule comes to: undefined where it has nothing against it. */
export type Verdict = Ruling | undefined;

/** One of a policy's rules. Each looks at what concerns it alone. */
export interface Rule {
  /** The key of the policy that it carries out, or of what holds of every policy. */
  readonly name: string;
  admits?(rules: SitePolicyRules, asked: Asked, tools: PolicyTools): Verdict | Promise<Verdict>;
  releases?(rules: SitePolicyRules, leaving: Leaving): Verdict | Promise<Verdict>;
}

/** A ruling whose reason may be told. */
export function openly(words: string): Ruling {
  return { reason: words, told: words };
}

/** @param pattern `*` stands for any characters, the rest for itself */
export function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return first === name;
  if (!name.startsWith(first)) return false;
  const last = rest.pop()!;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
