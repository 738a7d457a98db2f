import { pathToFileURL } from 'node:url';
import { buildScripts } from '../../../../tools/testing/build-script.js';

/**
 * Makes of the worker entry, and of the trainer of these tests, files that plain Node can run.
 * @returns the worker's path and the trainer module's URL
 */
export async function buildWorker(directory: string): Promise<{ readonly file: string; readonly module: string }> {
  const scripts = {
    worker: new URL('../worker.ts', import.meta.url),
    trainer: new URL('restless-trainer.ts', import.meta.url),
  };
  const { worker, trainer } = await buildScripts(scripts, directory, '@fedward/trainer-');
  return { file: worker, module: pathToFileURL(trainer).href };
}
