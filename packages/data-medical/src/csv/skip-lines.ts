/**
 * A text without its first lines, which may be of any length: they are not kept.
 *
 * @param texts pieces, with `\n` as the line end
 * @param lines >= 0
 */
export async function* withoutLines(texts: AsyncGenerator<string>, lines: number): AsyncGenerator<string> {
  let left = lines;
  try {
    for await (const text of texts) {
      let at = 0;
      for (; left > 0; left--) {
        const end = text.indexOf('\n', at);
        if (end < 0) break;
        at = end + 1;
      }
      // A piece without text is nothing to tell a delimiter by.
      if (left === 0 && at < text.length) yield text.slice(at);
    }
  } finally {
    await texts.return(undefined);
  }
}
