import { statfs } from 'node:fs/promises';
import { Backoff } from '@fedward/kit-daemon';
import type { HubLine } from './line.js';

/** What must be free before the hub keeps messages again, bytes: a server that has just begun would else be full at once. */
const leastFree = 32 * 2 ** 20;

/** Of `Remedy`. */
export interface RemedyOptions {
  /** Where the hub keeps what it keeps. */
  readonly folder: string;
  /** Ends the server; whoever keeps it running starts it. @param why for people */
  readonly restart: (why: string) => void;
  readonly freeBytes?: (folder: string) => Promise<number>;
  /** Between two looks at the disk, seconds. Default: 2. */
  readonly lookEvery?: number;
  /** Seconds, monotonic. Default: the machine's. */
  readonly now?: () => number;
}

/** Of what was not said again for so long it is taken that it has passed by itself, seconds. */
const forgottenAfter = 15;
/** From one start to the next: twice as long each time, until it has been well for half an hour. Seconds. */
const rhythm = { firstSeconds: 60, mostSeconds: 1800, steadySeconds: 1800 };

/**
 * What helps a hub whose disk was full. nats-server then switches its streams off, and says so; or, seen with 2.9.10, it hangs
 * in one of them and says nothing: whoever asks there has no answer any more, and neither has any other request of the same
 * connection. Both stay so once there is room. This starts it anew as soon as there is room; who was connected connects again,
 * and what was not kept is sent again.
 */
export class Remedy {
  readonly #backoff = new Backoff(rhythm);
  #looking: NodeJS.Timeout | undefined;
  #why = '';
  #full = false;
  /** When it was said last that it gives no answer; undefined where it has said itself that it keeps nothing. */
  #silentAt: number | undefined;
  /** When it was started anew, and from when on that may be done again. */
  #last = -Infinity;
  #notBefore = -Infinity;

  constructor(private readonly options: RemedyOptions) {}

  /** Whether the hub waits for room on its disk. */
  get isFull(): boolean {
    return this.#looking !== undefined && this.#full;
  }

  hear({ text }: HubLine): void {
    if (!/^JetStream out of .*resources, will be DISABLED/.test(text)) return;
    this.#full = true;
    this.#silentAt = undefined;
    this.#begin('its disk was full');
  }

  /** The hub gives no answer where it is asked, though it runs; to be said for as long as that is so. @param why for people */
  stalled(why: string): void {
    if (!this.#looking || this.#silentAt !== undefined) this.#silentAt = (this.options.now ?? machineSeconds)();
    this.#begin(why);
  }

  close(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #begin(why: string): void {
    if (this.#looking) return;
    this.#why = why;
    const { lookEvery = 2 } = this.options;
    this.#looking = setInterval(() => void this.#look().catch(() => undefined), lookEvery * 1000);
    this.#looking.unref();
  }

  async #look(): Promise<void> {
    const { folder, restart, freeBytes = freeOn, now = machineSeconds } = this.options;
    this.#full = (await freeBytes(folder)) < leastFree;
    const time = now();
    if (this.#silentAt !== undefined && time - this.#silentAt > forgottenAfter) return this.close();
    if (this.#full || !this.#looking || time < this.#notBefore) return;
    this.close();
    this.#notBefore = time + this.#backoff.next(time - this.#last);
    this.#last = time;
    restart(this.#why);
  }
}

async function freeOn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function machineSeconds(): number {
  return performance.now() / 1000;
}
