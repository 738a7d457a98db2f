import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** A hospital's process, once its door is open. @param deadlineSeconds of the plan that it has approved */
export async function start(
  id: string,
  folder: string,
  milliseconds: number,
  deadlineSeconds?: number,
): Promise<ChildProcess> {
  const given = [id, folder, milliseconds, ...(deadlineSeconds === undefined ? [] : [deadlineSeconds])].map(String);
  const child = fork(join(import.meta.dirname, 'site-process.ts'), given, { execArgv: ['--import', 'tsx'] });
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message) => message === 'ready' && resolve());
    child.once('exit', (code) => reject(new Error(`${id} ended with ${code}`)));
  });
  return child;
}

export const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));
