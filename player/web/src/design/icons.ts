/**
 * The icons in use: Lucide's line set, as SVG text. An icon never stands alone: whoever shows one
 * gives the control a label or an `aria-label`.
 */
import ban from 'lucide-static/icons/ban.svg?raw';
import captions from 'lucide-static/icons/captions.svg?raw';
import chart from 'lucide-static/icons/chart-no-axes-column.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import chevronLeft from 'lucide-static/icons/chevron-left.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import circleAlert from 'lucide-static/icons/circle-alert.svg?raw';
import circleCheck from 'lucide-static/icons/circle-check.svg?raw';
import copy from 'lucide-static/icons/copy.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import film from 'lucide-static/icons/film.svg?raw';
import image from 'lucide-static/icons/image.svg?raw';
import info from 'lucide-static/icons/info.svg?raw';
import lock from 'lucide-static/icons/lock.svg?raw';
import logIn from 'lucide-static/icons/log-in.svg?raw';
import logOut from 'lucide-static/icons/log-out.svg?raw';
import moon from 'lucide-static/icons/moon.svg?raw';
import pause from 'lucide-static/icons/pause.svg?raw';
import pencil from 'lucide-static/icons/pencil.svg?raw';
import play from 'lucide-static/icons/play.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import share from 'lucide-static/icons/share-2.svg?raw';
import sun from 'lucide-static/icons/sun.svg?raw';
import sunMoon from 'lucide-static/icons/sun-moon.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import triangleAlert from 'lucide-static/icons/triangle-alert.svg?raw';
import tv from 'lucide-static/icons/tv.svg?raw';
import upload from 'lucide-static/icons/upload.svg?raw';
import user from 'lucide-static/icons/user.svg?raw';
import users from 'lucide-static/icons/users.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';

const FILES = {
  ban,
  captions,
  chart,
  check,
  chevronLeft,
  chevronRight,
  circleAlert,
  circleCheck,
  copy,
  download,
  film,
  image,
  info,
  lock,
  logIn,
  logOut,
  moon,
  pause,
  pencil,
  play,
  plus,
  share,
  sun,
  sunMoon,
  trash,
  triangleAlert,
  tv,
  upload,
  user,
  users,
  x,
};

export type IconName = keyof typeof FILES;

/** The inside of an icon's `<svg>`: paths on a 24 × 24 grid, drawn with strokes. */
export function iconPaths(name: IconName): string {
  return FILES[name].replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '');
}
