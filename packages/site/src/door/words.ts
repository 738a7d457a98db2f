/** Words as a record or a log takes them: they may be anyone's, and of any length. */
export function cutWords(words: string): string {
  return words.slice(0, 1000).toWellFormed();
}
