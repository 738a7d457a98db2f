import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandFile } from './command.ts';

/** Lines of the fenced blocks of shell, without their comments. */
export function shellLines(text: string): string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block]) => block!.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** Runs a line as it stands, but for what `npx fedward` is. */
export function runLine(line: string, cwd: string): Promise<{ code: number | null; output: string }> {
  const child = spawn('bash', ['-c', line.replace(/^npx fedward/, '"$NODE" "$FEDWARD"')], {
    cwd,
    env: { ...process.env, NODE: process.execPath, FEDWARD: commandFile },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/**
 * Writes the files that a guide shows: blocks of YAML whose first line is their name, such as `# policy.yaml`. Verifier keys
 * in them are those in the folder's `keys`, by name: a reader puts in what `keys new` has printed.
 */
export function writeShownFiles(text: string, folder: string): void {
  for (const [, name, content] of text.matchAll(/^```yaml\n# (\S+\.yaml)\n(.*?)^```/gms)) {
    const own = content!.replace(/\b([a-z]+)\+[0-9a-f]{8}\+[A-Za-z0-9+/=.]+/g, (shown, key: string) => {
      const file = join(folder, 'keys', `${key}.vkey`);
      return existsSync(file) ? readFileSync(file, 'utf8').trim() : shown;
    });
    writeFileSync(join(folder, name!), own);
  }
}
