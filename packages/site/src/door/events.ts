import type { FedwardError } from '@fedward/core';

/** What happens at a hospital's door, for its own people; what of it the coordinator may see, `liveLine` says. */
export type SiteEvent =
  | { readonly event: 'study-proposed'; readonly study: string; readonly state: string; readonly why: string }
  | { readonly event: 'study-approved'; readonly study: string; readonly by: readonly string[] }
  | { readonly event: 'study-revoked'; readonly study: string; readonly by: string }
  | { readonly event: 'study-ended'; readonly study: string; readonly how: string; readonly words: string }
  /** When the site is opened: of each that site.yaml sets. */
  | { readonly event: 'trainer'; readonly name: string; readonly runsOn: string }
  | { readonly event: 'data-read'; readonly study: string; readonly notices: readonly string[] }
  | {
      readonly event: 'refused';
      readonly study: string;
      readonly round?: number;
      readonly kind: string;
      readonly code: string;
      /** For the hospital's own people. */
      readonly why: string;
    }
  | { readonly event: 'asked' | 'answered'; readonly study: string; readonly round?: number; readonly kind: string }
  | { readonly event: 'failed'; readonly study: string; readonly round?: number; readonly error: unknown }
  | { readonly event: 'damaged'; readonly error: FedwardError };

/** A line of a live log: nothing in it is of records, files, errors' words or people. */
export interface LiveLine {
  readonly event: SiteEvent['event'];
  readonly study?: string;
  readonly round?: number;
  readonly kind?: string;
  readonly code?: string;
}

/** How codes are written; another text could be anything. */
const codePattern = /^[A-Z][A-Z0-9_]{0,63}$/;

/** What the coordinator may see of an event, where the hospital shows its log: made anew of the members that tell nothing. */
export function liveLine(event: SiteEvent): LiveLine {
  const { study, round, kind, code } = event as Partial<Record<'study' | 'kind' | 'code', string> & { round: number }>;
  return {
    event: event.event,
    ...(study !== undefined && { study }),
    ...(round !== undefined && { round }),
    ...(kind !== undefined && { kind }),
    ...(code !== undefined && codePattern.test(code) && { code }),
  };
}
