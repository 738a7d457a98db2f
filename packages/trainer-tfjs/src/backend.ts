import util from 'node:util';
import { FedwardError } from '@fedward/core';
import type * as Tensorflow from '@tensorflow/tfjs-core';

/** `tensorflow`: the native library, by @tensorflow/tfjs-node. `wasm`: WebAssembly with SIMD. `cpu`: plain JavaScript. */
export type BackendName = 'tensorflow' | 'wasm' | 'cpu';

/** What TensorFlow.js runs on here. */
export interface SelectedBackend {
  readonly name: BackendName;
  /** Why it is not the native one and how to get that; absent where it is. */
  readonly hint?: string;
}

const preference: readonly BackendName[] = ['tensorflow', 'wasm', 'cpu'];
const selections = new Map<string, Promise<SelectedBackend>>();
let repaired = false;
let lastStart: Promise<unknown> = Promise.resolve();

/**
 * Loads TensorFlow.js and starts a backend; nothing of it is loaded before. The answer is kept for the process.
 *
 * @param choice `auto` (default) takes the first that starts of tensorflow, wasm, cpu
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where the backend asked for can't be started, with the reason
 */
export function selectBackend(choice: BackendName | 'auto' = 'auto'): Promise<SelectedBackend> {
  let selection = selections.get(choice);
  if (!selection) {
    selection = select(choice === 'auto' ? preference : [choice]);
    selections.set(choice, selection);
    selection.catch(() => selections.delete(choice));
  }
  return selection;
}

async function select(candidates: readonly BackendName[]): Promise<SelectedBackend> {
  const faults = new Map<BackendName, string>();
  for (const name of candidates) {
    // One start at a time: tfjs keeps the backend in one global place.
    const start = lastStart.then(() => startBackend(name));
    lastStart = start.catch(() => undefined);
    try {
      await start;
    } catch (error) {
      faults.set(name, firstLine(error));
      continue;
    }
    return name === 'tensorflow' ? { name } : { name, hint: nativeHint(name, faults.get('tensorflow')) };
  }
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `TensorFlow.js can't run on ${[...faults].map(([name, fault]) => `${name}: ${fault}`).join('; ')}. ${howToGetNative}`,
    'trainer.backend',
  );
}

const howToGetNative =
  'The native library comes with `npm install @tensorflow/tfjs-node`; docs/tfjs-node-offline.md says how without its download.';

function nativeHint(name: BackendName, fault: string | undefined): string {
  return `TensorFlow.js runs on ${name}${fault ? `, the native library did not load (${fault})` : ''}. ${howToGetNative}`;
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split(/\n| imported from /, 1)[0]!;
}

/** The same bits whatever the number of cores and their vector width, and no word on stderr about these. */
const nativeSettings = {
  TF_CPP_MIN_LOG_LEVEL: '2',
  TF_ENABLE_ONEDNN_OPTS: '0',
  TF_NUM_INTRAOP_THREADS: '1',
  TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL: '0',
};

/** Starts one backend without a word on the console, and sees it compute. */
async function startBackend(name: BackendName): Promise<void> {
  if (name === 'tensorflow') {
    // Its C++ side reads these once. A worker thread's own `process.env` does not reach it: set them before, there.
    for (const [variable, value] of Object.entries(nativeSettings)) process.env[variable] ??= value;
  }
  const tf = await import('@tensorflow/tfjs-core');
  const production = tf.env().getBool('PROD');
  tf.env().set('PROD', true); // the flag by which tfjs leaves its banners unsaid
  try {
    await withoutRethrowing(async () => {
      await loadBackend(name);
      if (!(await tf.setBackend(name))) throw new Error('it did not initialise');
    });
    // Once more, at once: while the start was awaited, a step elsewhere may have made its own backend current.
    void tf.setBackend(name);
    assertProduct(tf);
  } finally {
    tf.env().set('PROD', production);
  }
}

async function loadBackend(name: BackendName): Promise<void> {
  if (name === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  else if (name === 'wasm') {
    await import('@tensorflow/tfjs-backend-cpu');
    await import('@tensorflow/tfjs-backend-wasm');
    const { repairWasm } = await import('./wasm-repairs.js');
    if (!repaired) repairWasm();
    repaired = true;
  } else {
    const native = '@tensorflow/tfjs-node'; // not a literal: it is optional, and its types may not be there
    await import(native);
    replaceDeprecatedNodeFunctions();
  }
}

/** A backend that loads may still fail at its first operation. */
function assertProduct(tf: typeof Tensorflow): void {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[2, 3]]), tf.tensor2d([[5], [7]])).dataSync()[0]);
  if (product !== 31) throw new Error(`it computes 2 * 5 + 3 * 7 = ${product}`);
}

/**
 * Makes a started backend the current one. tfjs has one for the whole process, so every synchronous stretch of
 * tensor code begins with this: others may have run in between.
 */
export function activateBackend(tf: typeof Tensorflow, name: BackendName): void {
  // A promise, but for a backend that has been started it takes effect before it returns.
  if (tf.getBackend() !== name) void tf.setBackend(name);
}

/**
 * The WebAssembly module of tfjs-backend-wasm listens for `uncaughtException` and `unhandledRejection` and throws
 * again, which turns every failure of the program into exit code 7. Its listeners are taken off.
 */
async function withoutRethrowing(work: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const listeners = (event: (typeof events)[number]) => process.listeners(event as 'uncaughtException');
  const before = new Set(events.flatMap(listeners));
  try {
    await work();
  } finally {
    for (const event of events)
      for (const listener of listeners(event))
        // Somebody else may have begun to listen in the meantime.
        if (!before.has(listener) && /throw (ex|reason)\b/.test(String(listener)))
          process.removeListener(event, listener);
  }
}

/**
 * tfjs-node 4.22 calls two functions of `node:util` that Node deprecates and, from 23 on, removes; the fix
 * (tensorflow/tfjs#8425) is in no release.
 */
function replaceDeprecatedNodeFunctions(): void {
  const node = util as unknown as Record<string, unknown>;
  node['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  node['isArray'] = Array.isArray;
}
