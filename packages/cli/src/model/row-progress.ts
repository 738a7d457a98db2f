import { note } from '../terminal/output.js';

/** A line on stderr each so many milliseconds of a long work; none of a short one. */
const every = 5000;

/** Told how many rows there were so far. @param things what they are */
export function rowProgress(things = 'rows'): (rows: number) => void {
  let said = Date.now();
  return (rows) => {
    const now = Date.now();
    if (now - said < every) return;
    said = now;
    note(`${rows} ${things}`);
  };
}
