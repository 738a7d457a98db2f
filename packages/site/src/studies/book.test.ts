import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { studyOf, temporary } from '../testing/hospitals.js';
import { tablePlan } from '../testing/table.js';
import { StudyBook } from './book.js';

it('takes no study whose id differs from another by case alone: a disk may not tell them apart', async () => {
  const folder = temporary();
  const book = await StudyBook.open(folder);
  const study = studyOf(tablePlan(), ['north']);
  await book.propose(study);
  await expect(book.propose({ ...study, id: 'STUDY-1' })).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'STUDY-1' }); // prettier-ignore
  expect((await StudyBook.open(folder)).list().map(({ study: { id } }) => id)).toEqual(['study-1']);
  await book.propose({ ...study, id: 'study-2' });
});

it('has how many rounds were answered when it is opened again, and opens where that was damaged', async () => {
  const folder = temporary();
  const book = await StudyBook.open(folder);
  await book.propose(studyOf(tablePlan(), ['north']));
  const answered = async () => (await StudyBook.open(folder)).get('study-1')!.answered;
  book.noteAnswered('study-1', { newest: 3, rounds: 2 });
  expect(await answered()).toEqual({ newest: 3, rounds: 2 });
  await book.change('study-1', { logged: ['x'] }); // the record has it from now on
  for (const text of ['', '{"newest":-1,"rounds":9}', '{"newest":1,"rounds":1}']) {
    writeFileSync(join(book.folderOf('study-1'), 'answered.json'), text);
    expect(await answered()).toEqual({ newest: 3, rounds: 2 });
  }
});
