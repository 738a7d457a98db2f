import { createRequire } from 'node:module';
import { FedwardError, wordsOf } from '@fedward/core';
import type * as OnnxRuntime from 'onnxruntime-node';

/** What onnxruntime-node exports. */
export type Runtime = typeof OnnxRuntime;

/** @throws {FedwardError} CONFIG_INCOMPATIBLE where ONNX Runtime is not installed, or does not load on this machine */
export async function loadRuntime(): Promise<Runtime> {
  try {
    const loaded = (await import('onnxruntime-node')) as Runtime & { readonly default?: Runtime };
    // A CommonJS module: whoever loads it puts its members beside `default`, into it, or both.
    return loaded.default ?? loaded;
  } catch (cause) {
    throw notLoaded(cause);
  }
}

/** What is said where it can't be loaded: it is not there, or its libraries are none for this machine. */
export function notLoaded(cause: unknown): FedwardError {
  const { code } = Object(cause) as { readonly code?: unknown };
  const isAbsent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  const why = isAbsent
    ? 'is not there: npm install onnxruntime-node@1.30 --ignore-scripts'
    : `is installed, and does not load on ${process.platform}-${process.arch}: ${wordsOf(cause).split('\n', 1)[0]}`;
  const message = `the trainer onnx needs ONNX Runtime, which ${why} (all else works without it)`;
  return new FedwardError('CONFIG_INCOMPATIBLE', message, 'training.trainer', { cause });
}

/** Whether ONNX Runtime is installed; it is not loaded to tell, so that it may still not load on this machine. */
export function isRuntimeInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
}
