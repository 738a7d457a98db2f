/** Characters that are written at once: a write for each line of a long log takes longer than reading it. */
const blockSize = 1 << 16;

/** The same text in larger pieces. */
export async function* blocks(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let block = '';
  for await (const piece of pieces) {
    block += piece;
    if (block.length < blockSize) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}

/**
 * Writes on stdout as it comes, and no faster than it is read. Ends early where nobody reads on (`| head`).
 * @param pieces with what could mislead a terminal made visible before
 */
export async function writeOut(pieces: AsyncIterable<string>): Promise<void> {
  for await (const block of blocks(pieces)) {
    const taken = await new Promise<boolean>((resolve) => process.stdout.write(block, (error) => resolve(!error)));
    if (!taken) return;
  }
}
