/**
 * What did this visitor choose by hand? Two small cookies that only the server of the page reads,
 * so that the first byte already comes in the right language and colours. Nothing identifies.
 */

const YEAR_SECONDS = 31_536_000;

export function rememberChoice(name: 'language' | 'theme', value: string | null): void {
  const secure = location.protocol === 'https:' ? '; secure' : '';
  const life = value === null ? 0 : YEAR_SECONDS;
  document.cookie = `farandole_${name}=${value ?? ''}; path=/; max-age=${life}; samesite=lax${secure}`;
}

export type Theme = 'light' | 'dark' | 'system';

export function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  rememberChoice('theme', theme === 'system' ? null : theme);
}
