/** The bundled Ed25519 and SHA-256, for browsers and pages that have none of their own. */
import { hashes, verify } from '@noble/ed25519';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { SegmentCrypto } from './manifest';

hashes.sha512 = sha512;

export function libraryCrypto(publicKey: Uint8Array): SegmentCrypto {
  return {
    sha256: async (data) => new Uint8Array(sha256(new Uint8Array(data))),
    verify: async (signature, message) => verify(signature, message, publicKey, { zip215: false }),
  };
}
