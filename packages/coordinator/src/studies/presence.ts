/** What is known of a hospital's daemon without asking it. */
export interface Present {
  readonly present: boolean;
  /** Since it was heard last, by this machine's own clock; Infinity: never. */
  readonly heardSecondsAgo: number;
  /** Of its fedward, as it says. */
  readonly version?: string;
  /** What it says that it is at. Absent: nothing. */
  readonly busyWith?: { readonly runId: string; readonly round?: number };
}

/** Who is there. */
export interface Presence {
  of(id: string): Present;
}

/** For members that are asked without being watched: all are there. */
export const alwaysPresent: Presence = { of: () => ({ present: true, heardSecondsAgo: 0 }) };

/** Such as `12 min`; of who was never heard `never`. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** Why one that is absent is not asked, in words. */
export function absenceText(id: string, { heardSecondsAgo }: Present): string {
  return heardSecondsAgo < Infinity
    ? `${id} is absent: not heard for ${durationText(heardSecondsAgo)}`
    : `${id} is absent: not heard since this coordinator started`;
}
