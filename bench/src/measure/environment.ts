import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };

/** Where figures were taken. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly os: string;
  /** Mean number of running processes over the minute before; above a half, figures suffer. */
  readonly loadBefore: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** @param peers versions of what the peers run on */
export function describeEnvironment(peers: Readonly<Record<string, string>>): Environment {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    os: `${type()} ${release()} ${arch()}`,
    loadBefore: loadavg()[0] ?? 0,
    versions: { node: process.version.slice(1), fedward: packageJson.version, ...peers },
  };
}
