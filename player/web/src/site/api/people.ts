/** Users, accounts and channels, as the REST API has them. */
import { ask, tell } from './http';
import type { Account, ActorImage, Channel, Page, ServerTraffic, SharingPolicy, User } from './types';

const channelAt = (handle: string) => `/video-channels/${encodeURIComponent(handle)}`;

export function getMe(): Promise<User> {
  return ask('/users/me');
}

export interface Quota {
  readonly videoQuotaUsed: number;
  readonly videoQuotaUsedDaily: number;
}

export function getQuotaUsed(): Promise<Quota> {
  return ask('/users/me/video-quota-used');
}

export interface MeChanges {
  readonly displayName?: string;
  readonly description?: string | null;
  readonly email?: string;
  readonly currentPassword?: string;
  readonly password?: string;
  readonly p2pEnabled?: boolean;
}

export function updateMe(changes: MeChanges): Promise<void> {
  return tell('/users/me', { method: 'PUT', json: changes });
}

function pictureForm(file: File, field = 'avatarfile'): FormData {
  const form = new FormData();
  form.set(field, file);
  return form;
}

interface PictureAnswer {
  readonly avatars: readonly ActorImage[];
}

export function putMyAvatar(file: File): Promise<PictureAnswer> {
  return ask('/users/me/avatar/pick', { method: 'POST', form: pictureForm(file) });
}

export function deleteMyAvatar(): Promise<void> {
  return tell('/users/me/avatar', { method: 'DELETE' });
}

/** Removes oneself with everything one has. */
export function deleteMe(): Promise<void> {
  return tell('/users/me', { method: 'DELETE' });
}

export function getAccount(name: string): Promise<Account> {
  return ask(`/accounts/${encodeURIComponent(name)}`);
}

export function getChannel(handle: string): Promise<Channel> {
  return ask(channelAt(handle));
}

export function listAccountChannels(name: string): Promise<Page<Channel>> {
  return ask(`/accounts/${encodeURIComponent(name)}/video-channels`, {
    query: { start: 0, count: 100, sort: '-updatedAt' },
  });
}

export interface ChannelFields {
  readonly displayName: string;
  readonly description: string | null;
  readonly support: string | null;
  readonly p2pPolicy: SharingPolicy | null;
  readonly commentsPolicy: number;
  readonly commentsSlowModeSeconds: number;
}

export function createChannel(name: string, fields: ChannelFields): Promise<void> {
  return tell('/video-channels', { method: 'POST', json: { name, ...fields } });
}

export function updateChannel(handle: string, fields: ChannelFields): Promise<void> {
  return tell(channelAt(handle), { method: 'PUT', json: fields });
}

export function deleteChannel(handle: string): Promise<void> {
  return tell(channelAt(handle), { method: 'DELETE' });
}

export function putChannelAvatar(handle: string, file: File): Promise<PictureAnswer> {
  return ask(`${channelAt(handle)}/avatar/pick`, { method: 'POST', form: pictureForm(file) });
}

export function deleteChannelAvatar(handle: string): Promise<void> {
  return tell(`${channelAt(handle)}/avatar`, { method: 'DELETE' });
}

export function putChannelBanner(handle: string, file: File): Promise<unknown> {
  const form = pictureForm(file, 'bannerfile');
  return ask(`${channelAt(handle)}/banner/pick`, { method: 'POST', form });
}

export function deleteChannelBanner(handle: string): Promise<void> {
  return tell(`${channelAt(handle)}/banner`, { method: 'DELETE' });
}

export function listUsers(start: number, count: number, search: string): Promise<Page<User>> {
  return ask('/users', {
    query: { start, count, sort: '-createdAt', search: search === '' ? undefined : search },
  });
}

export interface UserFields {
  readonly email: string;
  readonly role: number;
  readonly videoQuota: number;
  readonly videoQuotaDaily: number;
  /** 1: new videos do not wait for a moderator. */
  readonly adminFlags: number;
  readonly password?: string;
}

export function createUser(username: string, fields: UserFields): Promise<void> {
  return tell('/users', { method: 'POST', json: { username, ...fields } });
}

export function updateUser(id: number, fields: UserFields): Promise<void> {
  return tell(`/users/${id}`, { method: 'PUT', json: fields });
}

export function deleteUser(id: number): Promise<void> {
  return tell(`/users/${id}`, { method: 'DELETE' });
}

export function blockUser(id: number, reason: string): Promise<void> {
  return tell(`/users/${id}/block`, { method: 'POST', json: { reason } });
}

export function unblockUser(id: number): Promise<void> {
  return tell(`/users/${id}/unblock`, { method: 'POST' });
}

/** What went of all videos, for administrators. */
export function getServerTraffic(): Promise<ServerTraffic> {
  return ask('/server/traffic');
}
