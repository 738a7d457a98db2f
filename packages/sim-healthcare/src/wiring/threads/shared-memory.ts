import type { TrainingData } from '@fedward/core';
import { makers, SimulatedData } from '../../scenario/recipe.js';
import type { SentData } from './messages.js';

/** The values in shared memory; themselves where they are there already. */
export function shareValues(values: Float32Array): Float32Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

/** The same data in shared memory, so that no thread needs a copy; simulated data stay a recipe. */
export function shareData(data: TrainingData): TrainingData {
  if (data instanceof SimulatedData) return data;
  const { count, featureShape, patientIds, sharedStatistics } = data;
  const features = shareValues(data.features);
  const labels = shareValues(data.labels);
  return {
    ...{ count, featureShape, features, labels },
    ...(patientIds && { patientIds }),
    ...(sharedStatistics !== undefined && { sharedStatistics }),
  };
}

const ids = new WeakMap<TrainingData, number>();
let nextId = 0;

/** Patients by data, since the same data are sent once a round. */
const patientsOf = new WeakMap<TrainingData, NonNullable<SentData['patients']>>();

export function sendData(data: TrainingData): SentData {
  const { count, featureShape, patientIds } = data;
  let id = ids.get(data);
  if (id === undefined) ids.set(data, (id = nextId++));
  if (data instanceof SimulatedData) return { id, count, featureShape, from: { recipe: data.recipe } };
  const from = { features: shareValues(data.features), labels: shareValues(data.labels) };
  if (!patientIds) return { id, count, featureShape, from };
  let patients = patientsOf.get(data);
  if (!patients) patientsOf.set(data, (patients = numbered(patientIds)));
  return { id, count, featureShape, from, patients };
}

/** Data in shared memory that this thread has had before: they were checked then, and cost nothing to keep. */
const received = new Map<number, TrainingData>();
const mostReceived = 1024;

export async function receiveData({ id, count, featureShape, from, patients }: SentData): Promise<TrainingData> {
  if ('recipe' in from) return new SimulatedData(from.recipe, count, featureShape, await makers[from.recipe.maker]!());
  let data = received.get(id);
  if (!data) {
    const patientIds = patients && Array.from(patients.of, (index) => patients.names[index]!);
    data = { count, featureShape, ...from, ...(patientIds && { patientIds }) };
    if (received.size === mostReceived) received.clear();
    received.set(id, data);
  }
  return data;
}

/** A string a patient and a number a record cross in a fraction of the time of a string a record. */
function numbered(patientIds: readonly string[]): NonNullable<SentData['patients']> {
  const numbers = new Map<string, number>();
  const of = new Int32Array(new SharedArrayBuffer(4 * patientIds.length));
  patientIds.forEach((id, record) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
    of[record] = numbers.get(id)!;
  });
  return { names: [...numbers.keys()], of };
}

/**
 * Puts models into shared memory, and each only once: the clients of a round are sent the same one. It knows a model
 * by its bits, since every client gets a copy of its own from the transport.
 */
export class SharedModel {
  #last: Float32Array | undefined;

  share(values: Float32Array): Float32Array {
    if (!this.#last || !sameBytes(this.#last, values)) this.#last = shareValues(values.slice());
    return this.#last;
  }
}

function sameBytes(a: Float32Array, b: Float32Array): boolean {
  return bytesOf(a).equals(bytesOf(b));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Shared memory for trained models, used again and again: as many pieces as jobs are under way. */
export class ResultMemory {
  #free: Float32Array[] = [];

  take(size: number): Float32Array {
    const piece = this.#free.pop();
    return piece?.length === size ? piece : new Float32Array(new SharedArrayBuffer(4 * size));
  }

  /** Only once no thread can write to it any more. */
  giveBack(piece: Float32Array): void {
    this.#free.push(piece);
  }
}
