/** The player's icons: Lucide, one line set. */
import captions from 'lucide-static/icons/captions.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import chevronLeft from 'lucide-static/icons/chevron-left.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import maximize from 'lucide-static/icons/maximize.svg?raw';
import minimize from 'lucide-static/icons/minimize.svg?raw';
import pause from 'lucide-static/icons/pause.svg?raw';
import pip from 'lucide-static/icons/picture-in-picture-2.svg?raw';
import play from 'lucide-static/icons/play.svg?raw';
import theatre from 'lucide-static/icons/rectangle-horizontal.svg?raw';
import settings from 'lucide-static/icons/settings.svg?raw';
import volumeLow from 'lucide-static/icons/volume-1.svg?raw';
import volumeHigh from 'lucide-static/icons/volume-2.svg?raw';
import volumeOff from 'lucide-static/icons/volume-x.svg?raw';
import close from 'lucide-static/icons/x.svg?raw';

const ICONS = {
  captions,
  check,
  chevronLeft,
  chevronRight,
  close,
  maximize,
  minimize,
  pause,
  pip,
  play,
  settings,
  theatre,
  volumeHigh,
  volumeLow,
  volumeOff,
} as const;

/** Markup of an icon, hidden from screen readers; `slot` places it inside a media-chrome button. */
export function icon(name: keyof typeof ICONS, slot?: string): string {
  const svg = ICONS[name].replace(/<!--[^]*?-->/, '').trim();
  const place = slot === undefined ? '' : ` slot="${slot}"`;
  return svg.replace('<svg', `<svg aria-hidden="true"${place}`);
}
