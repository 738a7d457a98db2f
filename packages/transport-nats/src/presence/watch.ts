import { coordinator, isFedwardError, type FedwardError } from '@fedward/core';
import { openEnvelope } from '../envelope/envelope.js';
import type { Member } from '../server/options.js';
import { subjects } from '../subjects.js';
import { isLater, parsePresence, type PresenceSaid } from './said.js';

/** Whether a hospital is there, as it is heard here. */
export interface Presence {
  /** Heard within the time of silence. One that was stored before the watch began does not count. */
  readonly present: boolean;
  /** By the clock of this process; Infinity: never. */
  readonly heardSecondsAgo: number;
  /** What it said last. */
  readonly said: PresenceSaid | undefined;
  close(): void;
}

/** Of `watchPresence`. */
export interface WatchPresenceOptions {
  readonly federation: string;
  /** After so many seconds of silence a hospital counts as absent. Default: 20. */
  readonly silentSeconds?: number;
  /** Told of each word of it. */
  readonly onHeard?: (said: PresenceSaid) => void;
  /** Told of what is not the hospital's. */
  readonly onRefused?: (error: FedwardError) => void;
}

/** Listens whether a hospital is there. */
export function watchPresence(
  { id, verifier, connection }: Member,
  { federation, silentSeconds = 20, onHeard, onRefused }: WatchPresenceOptions,
): Presence {
  let said: PresenceSaid | undefined;
  let heard = -Infinity;
  const subscription = connection.subscribe(subjects.presence, {
    callback: (failure, message) => {
      if (failure) return;
      try {
        const { body } = openEnvelope(message, { verifier: verifier(), federation, from: id, to: coordinator });
        if (body.kind !== 'presence') return;
        const told = parsePresence(body.said, id);
        if (!isLater(told, said)) return; // an old one, brought again
        said = told;
        heard = performance.now();
        onHeard?.(told);
      } catch (error) {
        if (isFedwardError(error)) onRefused?.(error);
      }
    },
  });
  const ago = (): number => (performance.now() - heard) / 1000;
  return {
    get present() {
      return ago() < silentSeconds && verifier() !== undefined;
    },
    get heardSecondsAgo() {
      return ago();
    },
    get said() {
      return said;
    },
    close: () => subscription.unsubscribe(),
  };
}
