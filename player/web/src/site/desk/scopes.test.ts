import { expect, it } from 'vitest';
import type { MyScopes } from '../api/moderation';
import { deskHref, scopeOf } from './scopes.svelte';

const channel = (name: string) => ({ id: 1, name, displayName: name, host: 'here' });
const mine: MyScopes = { instance: false, channels: [channel('boats'), channel('trains')] };

it('finds the desk of an address', () => {
  expect(scopeOf('/my-library/moderation', null, mine)).toEqual({ kind: 'channel', handle: 'boats' });
  expect(scopeOf('/my-library/moderation/lists', 'trains', mine)).toEqual({ kind: 'channel', handle: 'trains' });
  expect(scopeOf('/my-library/moderation', 'planes', mine)).toBeNull();
  expect(scopeOf('/admin/moderation', null, mine)).toBeNull();
  expect(scopeOf('/admin/moderation', null, { ...mine, instance: true })).toEqual({ kind: 'instance' });
});

it('writes addresses that it finds again', () => {
  expect(deskHref({ kind: 'instance' }, 'queue')).toBe('/admin/moderation');
  expect(deskHref({ kind: 'instance' }, 'lists', '/4')).toBe('/admin/moderation/lists/4');
  const href = deskHref({ kind: 'channel', handle: 'a b' }, 'lists', '/4');
  expect(href).toBe('/my-library/moderation/lists/4?channel=a%20b');
});
