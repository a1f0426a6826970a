/** What can be said about a video? The form's values, and how they travel. */
import { PRIVACY, type SharingPolicy, type VideoDetails } from '../../api/types';

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
  /** Empty: as the channel. */
  p2pPolicy: SharingPolicy | '';
  /** One of PeerTube's comment policies; 0: what new videos of the channel have. */
  commentsPolicy: number;
  /** Seconds between two comments of one person; empty: as the channel. */
  slowMode: string;
  /** As it was, so that a video that follows its channel goes on doing so. */
  readonly slowModeBefore: string;
  /** When it becomes public by itself, as `<input type="datetime-local">` writes it; or empty. */
  publicAt: string;
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
    p2pPolicy: video.p2pPolicy ?? '',
    commentsPolicy: video.commentsPolicy?.id ?? 0,
    slowMode: text(video.commentsSlowModeSeconds),
    slowModeBefore: text(video.commentsSlowModeSeconds),
    publicAt: toLocal(video.scheduledUpdate?.updateAt),
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
    p2pPolicy: '',
    commentsPolicy: 0,
    slowMode: '',
    slowModeBefore: '',
    publicAt: '',
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

/** A moment of the API in the time of this place, to the minute; empty without one. */
export function toLocal(moment: string | null | undefined): string {
  if (moment == null) return '';
  const time = new Date(moment);
  if (Number.isNaN(time.getTime())) return '';
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export type Fault = 'name' | 'passwords' | 'description' | 'publicAt';

/** What keeps the form from being sent. */
export function faultsOf(fields: VideoFields, now = Date.now()): readonly Fault[] {
  const faults: Fault[] = [];
  const length = [...fields.name.trim()].length;
  if (length < 3 || length > 120) faults.push('name');
  if ([...fields.description].length > 10_000) faults.push('description');
  if (fields.privacy === PRIVACY.password && !arePasswords(passwordsOf(fields))) {
    faults.push('passwords');
  }
  if (isScheduled(fields) && !(new Date(fields.publicAt).getTime() > now)) faults.push('publicAt');
  return faults;
}

/** Whether the video waits for a moment to become public. */
function isScheduled(fields: VideoFields): boolean {
  return fields.privacy !== PRIVACY.public && fields.publicAt !== '';
}

/** At least one, none twice, each as long as the API wants it. */
function arePasswords(passwords: readonly string[]): boolean {
  return (
    passwords.length > 0 &&
    new Set(passwords).size === passwords.length &&
    passwords.every((password) => password.length >= 2 && password.length <= 100)
  );
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
  form.set('p2pPolicy', fields.p2pPolicy);
  if (fields.commentsPolicy !== 0) form.set('commentsPolicy', String(fields.commentsPolicy));
  if (fields.slowMode !== fields.slowModeBefore) {
    form.set('commentsSlowModeSeconds', fields.slowMode === '' ? 'null' : fields.slowMode);
  }
  if (fields.tags.length === 0) form.set('tags', '');
  for (const tag of fields.tags) form.append('tags[]', tag);
  if (fields.privacy === PRIVACY.password) {
    for (const password of passwordsOf(fields)) form.append('videoPasswords[]', password);
  }
  if (isScheduled(fields)) {
    form.set('scheduleUpdate[updateAt]', new Date(fields.publicAt).toISOString());
    form.set('scheduleUpdate[privacy]', String(PRIVACY.public));
  } else {
    form.set('scheduleUpdate', 'null');
  }
  if (fields.thumbnail !== null) form.set('thumbnailfile', fields.thumbnail);
  return form;
}
