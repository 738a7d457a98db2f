import type { TrainingData } from '@fedward/core';
import type { DataPart, DataShape, ToChild } from './messages.js';

/** Elements a message: a megabyte or so is on its way at a time, not a copy of all that a hospital has. */
const pieceLength = 2 ** 18;
/** Data sets that a training process keeps. */
const mostKept = 8;
const parts = ['features', 'labels'] as const satisfies readonly DataPart[];

const numbers = new WeakMap<TrainingData, number>();
let next = 0;

/** The daemon's side: what its training process has of data, so that each set crosses once. */
export class SentData {
  /** The longest unused first. */
  readonly #kept = new Set<number>();

  /**
   * Sends a data set unless it is there.
   * @param send resolves when there is room for more
   * @returns by which number it is known there
   */
  async ensure(data: TrainingData, send: (message: ToChild) => Promise<void>): Promise<number> {
    let number = numbers.get(data);
    if (number === undefined) numbers.set(data, (number = next++));
    if (!this.#kept.delete(number)) {
      if (this.#kept.size === mostKept) await this.#forgetOldest(send);
      await this.#sendAll(number, data, send);
    }
    this.#kept.add(number);
    return number;
  }

  async #forgetOldest(send: (message: ToChild) => Promise<void>): Promise<void> {
    const [oldest] = this.#kept;
    this.#kept.delete(oldest!);
    await send({ kind: 'forget', data: oldest! });
  }

  async #sendAll(number: number, data: TrainingData, send: (message: ToChild) => Promise<void>): Promise<void> {
    const { features, labels } = data;
    await send({
      ...{ kind: 'data', data: number, shape: shapeOf(data) },
      lengths: { features: features.length, labels: labels.length },
    });
    for (const part of parts) {
      const values = data[part];
      for (let offset = 0; offset < values.length; offset += pieceLength)
        await send({
          kind: 'piece',
          data: number,
          part,
          offset,
          values: values.subarray(offset, offset + pieceLength),
        });
    }
  }
}

function shapeOf({ count, featureShape, patientIds, sharedStatistics }: TrainingData): DataShape {
  return {
    ...{ count, featureShape },
    ...(patientIds && { patientIds }),
    ...(sharedStatistics !== undefined && { sharedStatistics }),
  };
}

/** The training process's side. */
export class ReceivedData {
  readonly #sets = new Map<number, TrainingData>();

  /** Takes what is about data in a message. */
  take(message: Extract<ToChild, { readonly data: number }>): void {
    const { data } = message;
    if (message.kind === 'forget') this.#sets.delete(data);
    else if (message.kind === 'piece') this.get(data)[message.part].set(message.values, message.offset);
    else {
      const { shape, lengths } = message;
      const arrays = { features: new Float32Array(lengths.features), labels: new Float32Array(lengths.labels) };
      this.#sets.set(data, { ...shape, ...arrays });
    }
  }

  /** @throws {Error} for data that never crossed */
  get(number: number): TrainingData {
    const data = this.#sets.get(number);
    if (!data) throw new Error('these data are not here');
    return data;
  }
}
