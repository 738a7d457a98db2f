/** What a trainer says that it runs on, in a form that may leave a site: 1 to 200 characters of printable ASCII, for logs and screens. */
export function asRunsOn(described: string): string {
  const text = described
    .replace(/[^ -~]/g, '?')
    .slice(0, 200)
    .trim();
  return text === '' ? 'not said' : text;
}
