import { statfs } from 'node:fs/promises';
import type { HubLine } from './line.js';

/** What must be free before the hub keeps messages again, bytes: a server that has just begun would else be full at once. */
const leastFree = 32 * 2 ** 20;
/** Between two looks, milliseconds. */
const lookEvery = 2000;

/**
 * nats-server keeps nothing any more, until it is started anew, once its disk was full (seen with 2.9.10). This starts it anew as
 * soon as there is room; who was connected connects again, and what was not kept is sent again.
 */
export class FullDisk {
  #looking: NodeJS.Timeout | undefined;

  /** @param restart has the server end; whoever keeps it running starts it */
  constructor(
    private readonly folder: string,
    private readonly restart: () => void,
    private readonly freeBytes: (folder: string) => Promise<number> = freeOn,
    private readonly every = lookEvery,
  ) {}

  /** Whether the hub keeps nothing at the moment. */
  get isFull(): boolean {
    return this.#looking !== undefined;
  }

  hear({ text }: HubLine): void {
    if (!/^JetStream out of .*resources, will be DISABLED/.test(text) || this.#looking) return;
    this.#looking = setInterval(() => void this.#look().catch(() => undefined), this.every);
    this.#looking.unref();
  }

  close(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  async #look(): Promise<void> {
    if ((await this.freeBytes(this.folder)) < leastFree || !this.#looking) return;
    this.close();
    this.restart();
  }
}

async function freeOn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
