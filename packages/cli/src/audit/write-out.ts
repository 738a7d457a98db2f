/** Characters that are written at once: a write for each line of a long log takes longer than reading it. */
const blockSize = 1 << 16;

/**
 * Writes on stdout as it comes, and no faster than it is read. Ends early where nobody reads on (`| head`).
 * @param pieces with what could mislead a terminal made visible before
 */
export async function writeOut(pieces: AsyncIterable<string>): Promise<void> {
  let block = '';
  const write = async (): Promise<void> => {
    const text = block;
    block = '';
    if (text !== '') await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  };
  for await (const piece of pieces) {
    block += piece;
    if (block.length < blockSize) continue;
    await write();
    if (process.stdout.destroyed) return;
  }
  await write();
}
