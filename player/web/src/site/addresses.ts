/**
 * How is a file of this server reached from this page? The API writes whole addresses under the
 * server's public one; opened under another name (an IP address, a tunnel), the page may only ask
 * its own origin, so what is ours is asked for by path.
 */
import { bootstrap } from './bootstrap';

export function here(address: string, publicUrl = bootstrap.publicUrl): string {
  const isOurs = publicUrl !== '' && address.startsWith(`${publicUrl}/`);
  return isOurs ? address.slice(publicUrl.length) : address;
}
