import { fileURLToPath } from 'node:url';
import { hasCode } from '@fedward/core';
import { runProcess } from '../measure/process.js';

/** A Python that peers run in, and what it has. */
export interface Python {
  readonly program: string;
  /** `python` and modules, those that are there. */
  readonly versions: Readonly<Record<string, string>>;
}

export const peerModules = ['numpy', 'torch', 'opacus', 'flwr', 'ray', 'nvflare'] as const;

/** Imports them, since what is listed as installed need not work. */
const probe = `
import importlib, json, platform, sys
found = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = str(importlib.import_module(name).__version__)
    except Exception:
        pass
print(json.dumps(found))
`;

/** Asks a Python what it has; without versions where it can't be run. */
export async function findPython(program: string, modules: readonly string[] = peerModules): Promise<Python> {
  try {
    const { stdout } = await runProcess([program, '-c', probe, ...modules]);
    return { program, versions: JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, string> };
  } catch (error) {
    if (hasCode(error, 'CLIENT_FAILED') || error instanceof SyntaxError) return { program, versions: {} };
    throw error;
  }
}

/** @returns why a peer can't run, or undefined where it can */
export function whyNot({ program, versions }: Python, peer: string, modules: readonly string[]): string | undefined {
  if (!('python' in versions)) return `${peer}: ${program} does not run`;
  const missing = modules.filter((name) => !(name in versions));
  return missing.length > 0 ? `${peer}: ${program} has no ${missing.join(', no ')}` : undefined;
}

/** A program in peers/, which lies beside both src/ and dist/. */
export function peerScript(name: string): string {
  const folder = import.meta.url.includes('/src/') ? '../../peers/' : '../peers/';
  return fileURLToPath(new URL(folder + name, import.meta.url));
}
