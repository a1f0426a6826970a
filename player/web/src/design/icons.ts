/**
 * The icons in use: Lucide's line set, as SVG text. An icon never stands alone: whoever shows one
 * gives the control a label or an `aria-label`.
 */
import arrowDown from 'lucide-static/icons/arrow-down.svg?raw';
import arrowUp from 'lucide-static/icons/arrow-up.svg?raw';
import ban from 'lucide-static/icons/ban.svg?raw';
import bell from 'lucide-static/icons/bell.svg?raw';
import captions from 'lucide-static/icons/captions.svg?raw';
import chart from 'lucide-static/icons/chart-no-axes-column.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import chevronDown from 'lucide-static/icons/chevron-down.svg?raw';
import chevronLeft from 'lucide-static/icons/chevron-left.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import circleAlert from 'lucide-static/icons/circle-alert.svg?raw';
import circleCheck from 'lucide-static/icons/circle-check.svg?raw';
import circleHelp from 'lucide-static/icons/circle-question-mark.svg?raw';
import clock from 'lucide-static/icons/clock.svg?raw';
import copy from 'lucide-static/icons/copy.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import eye from 'lucide-static/icons/eye.svg?raw';
import eyeOff from 'lucide-static/icons/eye-off.svg?raw';
import fileUp from 'lucide-static/icons/file-up.svg?raw';
import film from 'lucide-static/icons/film.svg?raw';
import filter from 'lucide-static/icons/list-filter.svg?raw';
import flag from 'lucide-static/icons/flag.svg?raw';
import flask from 'lucide-static/icons/flask-conical.svg?raw';
import heart from 'lucide-static/icons/heart.svg?raw';
import history from 'lucide-static/icons/history.svg?raw';
import image from 'lucide-static/icons/image.svg?raw';
import info from 'lucide-static/icons/info.svg?raw';
import keyboard from 'lucide-static/icons/keyboard.svg?raw';
import link from 'lucide-static/icons/link.svg?raw';
import list from 'lucide-static/icons/list.svg?raw';
import lock from 'lucide-static/icons/lock.svg?raw';
import logIn from 'lucide-static/icons/log-in.svg?raw';
import logOut from 'lucide-static/icons/log-out.svg?raw';
import messages from 'lucide-static/icons/message-square.svg?raw';
import moon from 'lucide-static/icons/moon.svg?raw';
import pause from 'lucide-static/icons/pause.svg?raw';
import pencil from 'lucide-static/icons/pencil.svg?raw';
import pin from 'lucide-static/icons/pin.svg?raw';
import play from 'lucide-static/icons/play.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import puzzle from 'lucide-static/icons/puzzle.svg?raw';
import reply from 'lucide-static/icons/reply.svg?raw';
import save from 'lucide-static/icons/bookmark.svg?raw';
import scroll from 'lucide-static/icons/scroll-text.svg?raw';
import settings from 'lucide-static/icons/settings-2.svg?raw';
import share from 'lucide-static/icons/share-2.svg?raw';
import shield from 'lucide-static/icons/shield.svg?raw';
import sun from 'lucide-static/icons/sun.svg?raw';
import sunMoon from 'lucide-static/icons/sun-moon.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import triangleAlert from 'lucide-static/icons/triangle-alert.svg?raw';
import tv from 'lucide-static/icons/tv.svg?raw';
import undo from 'lucide-static/icons/undo-2.svg?raw';
import upload from 'lucide-static/icons/upload.svg?raw';
import user from 'lucide-static/icons/user.svg?raw';
import userCheck from 'lucide-static/icons/user-check.svg?raw';
import users from 'lucide-static/icons/users.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';

const FILES = {
  arrowDown,
  arrowUp,
  ban,
  bell,
  captions,
  chart,
  check,
  chevronDown,
  chevronLeft,
  chevronRight,
  circleAlert,
  circleCheck,
  circleHelp,
  clock,
  copy,
  download,
  eye,
  eyeOff,
  fileUp,
  film,
  filter,
  flag,
  flask,
  heart,
  history,
  image,
  info,
  keyboard,
  link,
  list,
  lock,
  logIn,
  logOut,
  messages,
  moon,
  pause,
  pencil,
  pin,
  play,
  plus,
  puzzle,
  reply,
  save,
  scroll,
  settings,
  share,
  shield,
  sun,
  sunMoon,
  trash,
  triangleAlert,
  tv,
  undo,
  upload,
  user,
  userCheck,
  users,
  x,
};

export type IconName = keyof typeof FILES;

/** The inside of an icon's `<svg>`: paths on a 24 × 24 grid, drawn with strokes. */
export function iconPaths(name: IconName): string {
  return FILES[name].replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '');
}
