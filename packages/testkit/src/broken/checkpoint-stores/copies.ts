import type { Checkpoint } from '@fedward/core';
import type { CheckpointStoreUnderTest } from '../../checkpoint-store.js';
import type { Broken } from '../expect.js';
import { keeping, mapArrays, same } from './reference.js';

/** What is lost or shared on the way into the store and out of it. */
export const brokenCopies: Record<string, Broken<Promise<CheckpointStoreUnderTest>>> = {
  'keeps the object that it was given': {
    create: keeping(same, structuredClone),
    fails: [
      'a checkpoint changed after it was saved is loaded as it was',
      'a save that fails leaves the old checkpoint',
    ],
  },

  'gives away the object that it keeps': {
    create: keeping(structuredClone, same),
    fails: ['a loaded checkpoint is a copy'],
  },

  'writes arrays as JSON': {
    create: keeping((checkpoint) => JSON.parse(JSON.stringify(checkpoint)) as Checkpoint, structuredClone),
    fails: [
      'what is saved is loaded bit for bit',
      'a view into a larger array is saved as the view alone',
      'the newest checkpoint wins',
      'two runs are kept apart',
      'run ids that are odd as file names are kept apart or refused',
      'a checkpoint changed after it was saved is loaded as it was',
      'a loaded checkpoint is a copy',
      'saves at once leave one of them, whole',
      'saves of several runs at once keep them all',
      'until a save is done, the old checkpoint is there, whole',
      'a save that fails leaves the old checkpoint',
    ],
  },

  'rounds to float32': {
    create: keeping(structuredClone, (checkpoint) => mapArrays(checkpoint, (array) => array.map(Math.fround))),
    fails: ['what is saved is loaded bit for bit'],
  },

  'loses the sign of zero': {
    create: keeping(structuredClone, (checkpoint) => mapArrays(checkpoint, (array) => array.map((x) => x + 0))),
    fails: ['what is saved is loaded bit for bit'],
  },

  'saves the buffer behind an array': {
    create: keeping(
      (checkpoint) =>
        mapArrays(
          checkpoint,
          (array) => new (array.constructor as Float32ArrayConstructor)(array.buffer as ArrayBuffer),
        ),
      structuredClone,
    ),
    fails: [
      'a view into a larger array is saved as the view alone',
      'a checkpoint changed after it was saved is loaded as it was',
    ],
  },
};
