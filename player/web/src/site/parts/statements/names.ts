/** What are acts and grounds called, for those whom they concern and for everybody? */
import type { Word } from '../../words.svelte';
import { say } from '../../words.svelte';

const ACTS: Readonly<Record<string, Word>> = {
  'text-held': 'statements.textHeld',
  'text-refused': 'statements.textRefused',
  'comment-removed': 'statements.commentRemoved',
  'comments-removed': 'statements.commentsRemoved',
  'comment-taken-down': 'statements.commentTakenDown',
  'video-removed': 'statements.videoRemoved',
  'video-taken-down': 'statements.videoTakenDown',
  'video-blocked': 'statements.videoBlocked',
  'video-held': 'statements.videoHeld',
  'author-blocked': 'statements.authorBlocked',
  'author-timed-out': 'statements.authorTimedOut',
  'account-suspended': 'statements.accountSuspended',
  'account-blocked': 'statements.accountBlocked',
  'server-blocked': 'statements.serverBlocked',
  'registration-refused': 'statements.registrationRefused',
};

const GROUNDS: Readonly<Record<string, Word>> = {
  rules: 'statements.rules',
  law: 'statements.law',
  other: 'statements.other',
};

const RULES: Readonly<Record<string, Word>> = {
  'watched-words': 'statements.byWords',
  plugin: 'statements.byPlugin',
  policy: 'statements.byPolicy',
  tag: 'statements.byTag',
  block: 'statements.byBlock',
};

const named = (words: Readonly<Record<string, Word>>, name: string) => {
  const word = words[name];
  return word === undefined ? name : say(word);
};

export const actName = (act: string) => named(ACTS, act);
export const groundName = (ground: string) => named(GROUNDS, ground);
export const ruleName = (rule: string) => named(RULES, rule);
