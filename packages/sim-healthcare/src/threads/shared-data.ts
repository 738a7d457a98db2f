import type { ElementArray, TrainingData } from '@fedward/core';
import { makers, SimulatedData } from '../scenario/recipe.js';
import type { SentData } from './messages.js';

/** The values in shared memory; themselves where they are there already. */
export function shareValues<V extends ElementArray>(values: V): V {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new (values.constructor as new (memory: SharedArrayBuffer) => V)(
    new SharedArrayBuffer(values.byteLength),
  );
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
  const { count, featureShape, patientIds, sharedStatistics } = data;
  let id = ids.get(data);
  if (id === undefined) ids.set(data, (id = nextId++));
  if (data instanceof SimulatedData) return { id, count, featureShape, from: { recipe: data.recipe } };
  const from = { features: shareValues(data.features), labels: shareValues(data.labels) };
  const plain = { id, count, featureShape, from, ...(sharedStatistics !== undefined && { sharedStatistics }) };
  if (!patientIds) return plain;
  let patients = patientsOf.get(data);
  if (!patients) patientsOf.set(data, (patients = numbered(patientIds)));
  return { ...plain, patients };
}

/** Data in shared memory that this thread has had before: they were checked then, and cost nothing to keep. */
const received = new Map<number, TrainingData>();
const mostReceived = 1024;

export async function receiveData(sent: SentData): Promise<TrainingData> {
  const { id, count, featureShape, from, patients, sharedStatistics } = sent;
  if ('recipe' in from) return new SimulatedData(from.recipe, count, featureShape, await makers[from.recipe.maker]!());
  let data = received.get(id);
  if (!data) {
    const patientIds = patients && Array.from(patients.of, (index) => patients.names[index]!);
    const shared = sharedStatistics !== undefined && { sharedStatistics };
    data = { count, featureShape, ...from, ...(patientIds && { patientIds }), ...shared };
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
 * Puts what an aggregator sends into shared memory, and each only once: the clients of a round are sent the same. It is
 * known by its bits, since whoever sent it may write to it afterwards.
 */
export class SharedModel {
  #last: ElementArray | undefined;

  share<V extends ElementArray>(values: V): V {
    if (this.#last?.constructor !== values.constructor || !sameBytes(this.#last, values))
      this.#last = shareValues(values.slice());
    return this.#last as V;
  }
}

function sameBytes(a: ElementArray, b: ElementArray): boolean {
  return bytesOf(a).equals(bytesOf(b));
}

function bytesOf({ buffer, byteOffset, byteLength }: ElementArray): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
