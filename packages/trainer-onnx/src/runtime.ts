import { createRequire } from 'node:module';
import { FedwardError } from '@fedward/core';
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
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      'the trainer onnx needs ONNX Runtime, which is not there: npm install onnxruntime-node@1.30 --ignore-scripts (all else works without it)',
      'training.trainer',
      { cause },
    );
  }
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
