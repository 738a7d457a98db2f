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
