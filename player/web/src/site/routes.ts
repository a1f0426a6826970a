/** Which address shows which page? The table of the site; each page loads when first needed. */
import type { Component } from 'svelte';
import { atDesk } from './desk/words.svelte';

export type Params = Readonly<Record<string, string>>;
export type PageModule = { default: Component<{ params: Params }> };
type PlainModule = { default: Component<Record<string, never>> };

export interface Match {
  readonly load: () => Promise<PageModule>;
  readonly params: Params;
  /** Shown to signed-in people only; others log in first. */
  readonly signedIn: boolean;
}

interface Route {
  readonly pattern: RegExp;
  readonly load: () => Promise<PageModule>;
  readonly signedIn: boolean;
}

type Load = () => Promise<PageModule | PlainModule>;

const open = (path: string, load: Load): Route => ({
  pattern: toPattern(path),
  // A page that takes no parameters ignores those it is given.
  load: load as Route['load'],
  signedIn: false,
});
const own = (path: string, load: Load): Route => ({ ...open(path, load), signedIn: true });

const watch = () => import('./pages/Watch.svelte');
const channel = () => import('./pages/ChannelPage.svelte');
const account = () => import('./pages/AccountPage.svelte');

const queue = () => atDesk(import('./pages/Moderation.svelte'));
const lists = () => atDesk(import('./pages/ModerationLists.svelte'));
const list = () => atDesk(import('./pages/ModerationList.svelte'));
const reports = () => atDesk(import('./pages/AdminReports.svelte'));
const blockedVideos = () => atDesk(import('./pages/ModerationVideos.svelte'));
const takedowns = () => atDesk(import('./pages/ModerationTakedowns.svelte'));
const blocks = () => atDesk(import('./pages/ModerationBlocks.svelte'));
const registrations = () => atDesk(import('./pages/ModerationRegistrations.svelte'));
const overview = () => atDesk(import('./pages/ModerationOverview.svelte'));
const answers = () => atDesk(import('./pages/ModerationAnswers.svelte'));
const reviewed = () => atDesk(import('./pages/ModerationAccount.svelte'));
const audit = () => atDesk(import('./pages/ModerationAudit.svelte'));
const plugins = () => atDesk(import('./pages/AdminPlugins.svelte'));
const plugin = () => atDesk(import('./pages/AdminPlugin.svelte'));
const moderators = () => atDesk(import('./pages/ChannelModerators.svelte'));

const ROUTES: readonly Route[] = [
  open('/', () => import('./pages/Home.svelte')),
  open('/w/:id', watch),
  own('/videos/upload', () => import('./pages/Upload.svelte')),
  own('/videos/update/:id', () => import('./pages/EditVideo.svelte')),
  open('/videos/watch/:id', watch),
  open('/login', () => import('./pages/Login.svelte')),
  open('/signup', () => import('./pages/Signup.svelte')),
  own('/my-library/videos', () => import('./pages/MyVideos.svelte')),
  own('/my-library/video-channels', () => import('./pages/MyChannels.svelte')),
  own('/my-account', () => import('./pages/MyAccount.svelte')),
  own('/my-account/notifications', () => import('./pages/Notifications.svelte')),
  own('/my-account/reports', () => import('./pages/MyReports.svelte')),
  own('/my-account/decisions', () => import('./pages/MyDecisions.svelte')),
  own('/my-account/blocks', () => import('./pages/MyBlocks.svelte')),
  own('/admin/users', () => import('./pages/AdminUsers.svelte')),
  own('/admin/traffic', () => import('./pages/AdminTraffic.svelte')),
  own('/admin/moderation', queue),
  own('/admin/moderation/lists', lists),
  own('/admin/moderation/lists/:id', list),
  own('/admin/moderation/reports', reports),
  own('/admin/moderation/videos', blockedVideos),
  own('/admin/moderation/blocks', blocks),
  own('/admin/moderation/registrations', registrations),
  own('/admin/moderation/overview', overview),
  own('/admin/moderation/answers', answers),
  own('/admin/moderation/accounts/:name', reviewed),
  own('/admin/moderation/audit', audit),
  own('/admin/moderation/takedowns', takedowns),
  own('/admin/plugins', plugins),
  own('/admin/plugins/:name', plugin),
  own('/my-library/moderation', queue),
  own('/my-library/moderation/lists', lists),
  own('/my-library/moderation/lists/:id', list),
  own('/my-library/moderation/overview', overview),
  own('/my-library/moderation/answers', answers),
  own('/my-library/moderation/blocks', blocks),
  own('/my-library/moderation/audit', audit),
  own('/my-library/moderation/moderators', moderators),
  open('/c/:name', channel),
  open('/video-channels/:name', channel),
  open('/a/:name', account),
  open('/accounts/:name', account),
  open('/about', () => import('./pages/About.svelte')),
  open('/about/moderation', () => import('./pages/ModerationReport.svelte')),
];

/** `/w/:id` → a pattern with the named group `id`; a trailing slash is allowed. */
export function toPattern(path: string): RegExp {
  const body = path.replace(/\/$/, '').replace(/:(\w+)/g, '(?<$1>[^/]+)');
  return new RegExp(`^${body}/?$`);
}

export function findRoute(path: string): Match | null {
  for (const { pattern, load, signedIn } of ROUTES) {
    const found = pattern.exec(path);
    if (found === null) continue;
    const params: Record<string, string> = {};
    for (const [name, value] of Object.entries(found.groups ?? {})) {
      try {
        params[name] = decodeURIComponent(value);
      } catch {
        return null;
      }
    }
    return { load, params, signedIn };
  }
  return null;
}
