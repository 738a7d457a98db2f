/**
 * Bytes of text in base64, as RFC 4648 (section 4) writes them and no other way: Buffer drops what it can't read without a
 * word, so that many texts would be one key or signature.
 * @returns undefined for anything else
 */
export function bytesOfBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
