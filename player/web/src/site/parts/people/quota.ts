/** How is a quota typed? In gigabytes; empty means without limit (−1 for the API). */

const GIGA = 1_000_000_000;

export function toGigabytes(bytes: number): string {
  return bytes < 0 ? '' : String(Math.round((bytes / GIGA) * 1000) / 1000);
}

/** Bytes, −1 for no limit, `null` when it is no number. */
export function fromGigabytes(text: string | number | null | undefined): number | null {
  // A number field yields a number once it holds one, and nothing when it is empty.
  const plain = String(text ?? '').trim();
  if (plain === '') return -1;
  const value = Number(plain.replace(',', '.'));
  return Number.isFinite(value) && value >= 0 ? Math.round(value * GIGA) : null;
}
