/** How are lengths, sizes, rates and dates written? Pure functions of a value and a language. */

/** `3:07`, `1:02:09`: hours only when there are some. */
export function clock(totalSeconds: number): string {
  const whole = Math.max(0, Math.round(totalSeconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const two = (n: number) => String(n).padStart(2, '0');
  const seconds = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/** A clock for screen readers: `PT1H2M9S` (ISO 8601) for `<time datetime>`. */
export function isoDuration(totalSeconds: number): string {
  return `PT${Math.max(0, Math.round(totalSeconds))}S`;
}

/** Seconds of `1:02:09`, `3:07`, `42`; `null` when it is none of them. */
export function parseClock(text: string): number | null {
  if (!/^\d+(:[0-5]?\d){0,2}$/.test(text.trim())) return null;
  return text
    .trim()
    .split(':')
    .reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Bytes in powers of 1,000, with three significant digits at most. */
export function bytes(count: number, language: string): string {
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), UNITS.length - 1);
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumSignificantDigits: 3,
  }).format(count / 1000 ** power);
}

export function percent(fraction: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(
    Math.min(1, Math.max(0, fraction)),
  );
}

/** About how long: `40 seconds`, `3 minutes`, `2 hours`. */
export function roughly(seconds: number, language: string): string {
  const [value, unit] =
    seconds < 55
      ? [Math.max(1, seconds < 10 ? seconds : Math.round(seconds / 5) * 5), 'second']
      : seconds < 3300
        ? [seconds / 60, 'minute']
        : [seconds / 3600, 'hour'];
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(Math.max(1, value as number));
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 days ago`; under a minute is `now`. */
export function age(when: string, language: string, now = Date.now()): string {
  const seconds = (now - Date.parse(when)) / 1000;
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, length] of STEPS) {
    if (seconds >= length) return words.format(-Math.floor(seconds / length), unit);
  }
  return words.format(0, 'second');
}

export function date(when: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(new Date(when));
}

/** A day and the time of it, to the minute. */
export function moment(when: string, language: string): string {
  const style = { dateStyle: 'long', timeStyle: 'short' } as const;
  return new Intl.DateTimeFormat(language, style).format(new Date(when));
}

/** A day such as `2026-11-22`, wherever one is. */
export function day(date: string, language: string): string {
  const style = { dateStyle: 'medium', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(language, style).format(new Date(`${date}T00:00:00Z`));
}

export function count(value: number, language: string): string {
  return new Intl.NumberFormat(language).format(value);
}
