import { note, printJson, printLine } from '@fedward/cli/command';
import { loadTeamPlugins } from '@fedward/sim-healthcare';
import { parseAddress } from './hub/address.js';
import { work } from './worker/worker.js';

/** `fedward worker` as commander has parsed it. */
export interface WorkerFlags {
  readonly nats: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly authority?: string;
  readonly insecure?: boolean;
  readonly parallel: number;
  readonly data?: string;
  readonly plugin?: readonly string[];
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Works until it is told to stop. @throws {FedwardError} as `work` */
export async function workerAction(flags: WorkerFlags): Promise<void> {
  const { nats: url, certificate, key, authority, insecure, parallel, data, plugin = [], once, json } = flags;
  const address = parseAddress({
    url,
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(authority !== undefined && { authority }),
    ...(insecure && { insecure }),
  });
  const plugins = await Promise.all(plugin.map((named) => loadTeamPlugins(named)));
  const stop = new AbortController();
  const interrupt = (): void => {
    note('ending what was begun; Ctrl-C again to stop at once');
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const summary = await work({
      ...{ address, parallel, plugins, dataDir: data, signal: stop.signal },
      ...(once && { once }),
      ...{ say: note, progress: note },
    });
    if (json) printJson(summary);
    else printLine(`${summary.runs} runs, ${summary.jobs} jobs, ${summary.clients} clients`);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
