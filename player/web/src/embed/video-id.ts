/** The video an embed's address means: the last piece of its path, UUID or short UUID. */
export function videoIdOf(path: string): string {
  const pieces = path.split('/').filter((piece) => piece !== '');
  const last = pieces[pieces.length - 1] ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
