import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findTutorialProgram } from './tutorial-program.js';

async function folderWithProgram(): Promise<{ data: string; program: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'bench'));
  await mkdir(join(folder, 'data'));
  const program = join(folder, 'bench', 'tutorial_041.py');
  await writeFile(program, '');
  return { data: join(folder, 'data'), program };
}

describe('findTutorialProgram', () => {
  it('takes the one that is named before that of the environment, and that before the one beside the data', async () => {
    const { data, program } = await folderWithProgram();
    const other = join(data, 'other.py');
    await writeFile(other, '');
    expect(findTutorialProgram(undefined, { FEDWARD_DATA: data })).toBe(program);
    expect(findTutorialProgram(undefined, { FEDWARD_DATA: data, FEDWARD_TUTORIAL_PROGRAM: other })).toBe(other);
    expect(findTutorialProgram(program, { FEDWARD_TUTORIAL_PROGRAM: other })).toBe(program);
  });

  it('finds none where none is', async () => {
    const { data } = await folderWithProgram();
    expect(findTutorialProgram(undefined, {})).toBeUndefined();
    expect(findTutorialProgram(undefined, { FEDWARD_DATA: join(data, 'deeper') })).toBeUndefined();
  });

  it('refuses a name that is no file', () => {
    expect(() => findTutorialProgram('nowhere.py', {})).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND', subject: 'nowhere.py' }),
    );
  });
});
