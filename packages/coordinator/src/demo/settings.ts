/** Of `fedward demo`, as commander has parsed it. */
export interface DemoFlags {
  readonly scenario: string;
  readonly data?: string;
  readonly rounds?: number;
  readonly seed: number;
  /** A mechanism's name, or `none`. */
  readonly privacy: string;
  readonly noiseMultiplier?: number;
  readonly seeded?: boolean;
  readonly folder?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
}

/** How many hospitals there are. */
export const hospitals = 3;
