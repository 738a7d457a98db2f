/** By which a run's rounds take their time, where it is not that of the machine. */
export interface Clock {
  /** What a second of it is called in messages, such as `simulated seconds`. */
  readonly unit: string;
  /** Seconds since the run began. */
  now(): number;
  /** Called before the first round of a run that is gone on with. @param seconds at the end of its last round */
  goOnFrom(seconds: number): void;
  /** @returns what takes the call back */
  after(seconds: number, call: () => void): () => void;
}

/** That of the machine, for deadlines alone. */
export const machineClock: Pick<Clock, 'unit' | 'after'> = {
  unit: 's',
  after(seconds, call) {
    const timer = setTimeout(call, seconds * 1000);
    return () => clearTimeout(timer);
  },
};
