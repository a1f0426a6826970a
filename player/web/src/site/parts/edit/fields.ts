/** What can be said about a video? The form's values, and how they travel. */
import { PRIVACY, type VideoDetails } from '../../api/types';

export interface VideoFields {
  name: string;
  description: string;
  support: string;
  tags: string[];
  privacy: number;
  /** For `PRIVACY.password`: one per line in the form. */
  passwords: string;
  channelId: number;
  category: string;
  licence: string;
  language: string;
  nsfw: boolean;
  downloadEnabled: boolean;
  thumbnail: File | null;
}

export function fieldsOf(video: VideoDetails, passwords: readonly string[] = []): VideoFields {
  const text = (id: number | string | null | undefined) => (id == null ? '' : String(id));
  return {
    name: video.name,
    description: video.description ?? '',
    support: video.support ?? '',
    tags: [...(video.tags ?? [])],
    privacy: video.privacy?.id ?? PRIVACY.public,
    passwords: passwords.join('\n'),
    channelId: video.channel.id,
    category: text(video.category?.id),
    licence: text(video.licence?.id),
    language: text(video.language?.id),
    nsfw: video.nsfw,
    downloadEnabled: video.downloadEnabled,
    thumbnail: null,
  };
}

/** The fields of a video that is only a file so far. */
export function fieldsOfFile(name: string, channelId: number, privacy: number): VideoFields {
  return {
    name: titleOf(name),
    description: '',
    support: '',
    tags: [],
    privacy,
    passwords: '',
    channelId,
    category: '',
    licence: '',
    language: '',
    nsfw: false,
    downloadEnabled: true,
    thumbnail: null,
  };
}

/** A title from a file's name: without its ending, with spaces, within PeerTube's 3–120. */
export function titleOf(fileName: string): string {
  const plain = fileName
    .replace(/\.[^.]{1,5}$/, '')
    .replace(/[_]+/g, ' ')
    .trim()
    .slice(0, 120);
  return plain.length >= 3 ? plain : `${plain || '·'} …`.padEnd(3, '…');
}

export function passwordsOf(fields: VideoFields): string[] {
  return fields.passwords
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export type Fault = 'name' | 'passwords' | 'description';

/** What keeps the form from being sent. */
export function faultsOf(fields: VideoFields): readonly Fault[] {
  const faults: Fault[] = [];
  const length = [...fields.name.trim()].length;
  if (length < 3 || length > 120) faults.push('name');
  if ([...fields.description].length > 10_000) faults.push('description');
  if (fields.privacy === PRIVACY.password && passwordsOf(fields).length === 0) {
    faults.push('passwords');
  }
  return faults;
}

/** The body of `PUT /videos/{id}`; an empty text clears what was there. */
export function toForm(fields: VideoFields): FormData {
  const form = new FormData();
  form.set('name', fields.name.trim());
  form.set('channelId', String(fields.channelId));
  form.set('privacy', String(fields.privacy));
  for (const key of ['description', 'support', 'category', 'licence', 'language'] as const) {
    form.set(key, fields[key].trim());
  }
  form.set('nsfw', String(fields.nsfw));
  form.set('downloadEnabled', String(fields.downloadEnabled));
  if (fields.tags.length === 0) form.set('tags', '');
  for (const tag of fields.tags) form.append('tags[]', tag);
  if (fields.privacy === PRIVACY.password) {
    for (const password of passwordsOf(fields)) form.append('videoPasswords[]', password);
  }
  if (fields.thumbnail !== null) form.set('thumbnailfile', fields.thumbnail);
  return form;
}
