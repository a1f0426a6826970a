/** What are kinds, rules and verdicts called in the language of the page? */
import type { Reason } from '../api/comments';
import { deskSay, type DeskWord } from './words.svelte';

/** Where texts stand, as the server names them. */
export const SURFACES = [
  'comment',
  'video-title',
  'video-description',
  'video-tag',
  'caption',
  'account-name',
  'account-about',
  'channel-name',
  'channel-about',
  'playlist-name',
] as const;

const KINDS: Readonly<Record<string, DeskWord>> = {
  comment: 'kind.comment',
  'video-title': 'kind.videoTitle',
  'video-description': 'kind.videoDescription',
  'video-tag': 'kind.videoTag',
  caption: 'kind.caption',
  'account-name': 'kind.accountName',
  'account-about': 'kind.accountAbout',
  'channel-name': 'kind.channelName',
  'channel-about': 'kind.channelAbout',
  'playlist-name': 'kind.playlistName',
};

const SUBJECTS: Readonly<Record<string, DeskWord>> = {
  comment: 'subject.comments',
  video: 'subject.videos',
  caption: 'subject.captions',
  account: 'subject.accounts',
  channel: 'subject.channels',
};

const SOURCES: Readonly<Record<string, DeskWord>> = {
  block: 'source.block',
  'watched-words': 'source.words',
  plugin: 'source.plugin',
  policy: 'source.policy',
  tag: 'source.tag',
};

const VERDICTS: Readonly<Record<string, DeskWord>> = {
  show: 'verdict.shown',
  tag: 'verdict.named',
  shown: 'verdict.shown',
  hold: 'verdict.held',
  held: 'verdict.held',
  reject: 'verdict.rejected',
  rejected: 'verdict.rejected',
  released: 'verdict.released',
  undone: 'verdict.undone',
  contested: 'verdict.contested',
  superseded: 'verdict.superseded',
  judged: 'verdict.judged',
  applied: 'verdict.applied',
  'list-changed': 'verdict.listChanged',
  'rule-changed': 'verdict.ruleChanged',
  'video-blocked': 'videoBlocks.deedBlocked',
  'video-unblocked': 'videoBlocks.deedUnblocked',
  removed: 'takedowns.verdictRemoved',
  'taken-down': 'takedowns.verdictTaken',
  blocked: 'blocks.blocked',
  unblocked: 'blocks.unblocked',
  'registration-accepted': 'signups.deedAccepted',
  'registration-rejected': 'signups.deedRejected',
  'user-blocked': 'signups.deedSuspended',
  'user-unblocked': 'signups.deedRestored',
  'report-decided': 'people.reportDecided',
  withdrawn: 'people.withdrawn',
};

function named(words: Readonly<Record<string, DeskWord>>, name: string): string {
  const word = words[name];
  return word === undefined ? name : deskSay(word);
}

export const kindName = (kind: string) => named(KINDS, kind);
export const subjectName = (kind: string) => named(SUBJECTS, kind);
export const sourceName = (source: string) => named(SOURCES, source);
export const verdictName = (verdict: string) => named(VERDICTS, verdict);

/** Rules that the server itself has, by the names it gives them. */
const RULES: Readonly<Record<string, DeskWord>> = {
  approval: 'rule.approval',
  'kept-back': 'rule.keptBack',
  'time-out': 'rule.timeOut',
  blocked: 'rule.blocked',
  takedown: 'takedowns.verdictTaken',
  muted: 'blocks.mutedRule',
  server: 'blocks.serverRule',
  'watched words could not be looked for': 'rule.broken',
  'the text is too tangled to look at all of it': 'rule.tangled',
};

/** A rule in a few words: whose kind it is, and its name. */
export function reasonName({ source, label }: Reason): string {
  if ((source === 'policy' || source === 'block') && RULES[label] !== undefined) return named(RULES, label);
  const kind = sourceName(source);
  return label === '' ? kind : deskSay('desk.reason', { kind, label });
}
