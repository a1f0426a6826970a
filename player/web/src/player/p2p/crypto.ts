/**
 * Ed25519 and SHA-256 for the manifest: the browser's own, else those of a library that is loaded
 * then only (browsers without Ed25519, pages over plain http where `crypto.subtle` is missing).
 */
import type { SegmentCrypto } from './manifest';

/** Checks with this public key (32 bytes in base64); null where nothing can check: then nothing is shared. */
export async function openCrypto(
  publicKey: string,
  subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle,
): Promise<SegmentCrypto | null> {
  const key = bytesOf(publicKey);
  if (key === null) return null;
  const own = subtle === undefined ? null : await browserCrypto(key, subtle);
  if (own !== null) return own;
  try {
    const { libraryCrypto } = await import('./crypto-library');
    const library = libraryCrypto(key);
    return subtle === undefined ? library : { ...library, sha256: browserHash(subtle) };
  } catch {
    return null;
  }
}

async function browserCrypto(
  key: Uint8Array<ArrayBuffer>,
  subtle: SubtleCrypto,
): Promise<SegmentCrypto | null> {
  try {
    const imported = await subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
    return {
      sha256: browserHash(subtle),
      verify: (signature, message) => subtle.verify({ name: 'Ed25519' }, imported, signature, message),
    };
  } catch {
    return null;
  }
}

function browserHash(subtle: SubtleCrypto): SegmentCrypto['sha256'] {
  return async (data) => new Uint8Array(await subtle.digest('SHA-256', data));
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return bytes.length === 32 ? bytes : null;
  } catch {
    return null;
  }
}
