/** Which words name the reasons and things that can be reported? */
import type { PredefinedReason, Reported } from '../../api/reports';
import type { Word } from '../../words.svelte';

export const REASON_WORDS: Readonly<Record<PredefinedReason, Word>> = {
  violentOrAbusive: 'report.reason.violentOrAbusive',
  hatefulOrAbusive: 'report.reason.hatefulOrAbusive',
  spamOrMisleading: 'report.reason.spamOrMisleading',
  privacy: 'report.reason.privacy',
  rights: 'report.reason.rights',
  serverRules: 'report.reason.serverRules',
  thumbnails: 'report.reason.thumbnails',
  captions: 'report.reason.captions',
};

export const TITLE_WORDS: Readonly<Record<Reported['kind'], Word>> = {
  video: 'report.video',
  comment: 'report.comment',
  account: 'report.account',
};
