/** The name of a hospital's own folder; its id may be any text. */
export function hospitalName(id: string): string {
  return encodeURIComponent(id).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
}
