import type { JetStreamManager } from '@nats-io/jetstream';
import type { Frame, Workshop } from '@fedward/sim-healthcare';
import { getPieces, type PiecesRef } from '../hub/pieces.js';
import { decodeFrame } from '../messages.js';

/** Of rounds that overlap, where late updates are taken, and of one that begins while another ends. */
const kept = 3;

/** What rounds' clients are sent, each fetched once. */
export class WorkerFrames {
  readonly #frames = new Map<string, Promise<Frame | undefined>>();

  constructor(
    private readonly jsm: JetStreamManager,
    private readonly session: string,
    private readonly workshop: Workshop,
    private readonly signal: AbortSignal,
  ) {}

  /** @returns undefined where the hub has lost it: the simulation's process puts it there again */
  async of(ref: PiecesRef): Promise<Frame | undefined> {
    const { sha256 } = ref;
    let frame = this.#frames.get(sha256);
    if (!frame) {
      this.#frames.set(sha256, (frame = this.#fetch(ref)));
      const [oldest] = this.#frames.keys();
      if (this.#frames.size > kept) this.#frames.delete(oldest!);
    }
    const there = await frame.catch((error: unknown) => {
      this.#frames.delete(sha256);
      throw error;
    });
    if (!there) this.#frames.delete(sha256);
    return there;
  }

  async #fetch(ref: PiecesRef): Promise<Frame | undefined> {
    const bytes = await getPieces(this.jsm, this.session, ref, this.signal);
    return bytes && this.workshop.frameOf(decodeFrame(bytes));
  }
}
