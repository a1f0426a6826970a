import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { safeFragment } from './safe-html';

function shown(html: string): HTMLElement {
  const box = document.createElement('div');
  box.appendChild(safeFragment(html));
  return box;
}

describe('the HTML of a comment', () => {
  it('keeps what Markdown makes', () => {
    const html = '<p>A <strong>b</strong> <em>c</em></p><ul><li>d</li></ul><blockquote><p>e</p></blockquote>';
    expect(shown(html).innerHTML).toBe(html);
  });

  it('keeps the direction of each block and where a list begins', () => {
    const html = '<p dir="auto">a <bdi>b</bdi></p><ol dir="rtl" start="4"><li>c</li></ol>';
    expect(shown(html).innerHTML).toBe(html);
    expect(shown('<p dir="x" start="4">a</p><ol start="-1e9"></ol>').innerHTML).toBe('<p>a</p><ol></ol>');
  });

  it('says of every link that it is not vouched for', () => {
    const link = shown('<p><a href="https://example.org/x" onclick="x()" style="y">x</a></p>').querySelector('a');
    expect(link?.getAttribute('rel')).toBe('nofollow ugc noopener');
    expect(link?.target).toBe('_blank');
    expect(link?.getAttributeNames().sort()).toEqual(['href', 'rel', 'target']);
  });

  it('opens pages of this site in place', () => {
    const link = shown('<a href="/a/ana">@ana</a>').querySelector('a');
    expect(link?.getAttribute('href')).toBe('/a/ana');
    expect(link?.hasAttribute('target')).toBe(false);
  });

  it.each([
    '<script>alert(1)</script>',
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    '<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<img src=x onerror="alert(1)">',
    '<style>body { display: none }</style>',
    '<form action="/login"><input name="password"></form>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\nscript:alert(1)">x</a>',
    '<a href="//example.org">x</a>',
    '<a href="/\\example.org">x</a>',
    '<a href="data:text/html,x">x</a>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<p id="content" class="notice" style="position:fixed">x</p>',
  ])('makes nothing dangerous of %s', (html) => {
    const box = shown(html);
    for (const element of box.querySelectorAll('*')) {
      expect(element.localName).toMatch(/^(p|a|li|ul|br)$/);
      expect(element.getAttributeNames(), element.outerHTML).toEqual([]);
    }
    expect(box.textContent).not.toMatch(/alert/);
  });

  it('keeps the words of elements it does not know', () => {
    expect(shown('<h1>Loud</h1><span>soft</span>').innerHTML).toBe('Loudsoft');
  });

  it('flattens what is nested too deeply', () => {
    const box = shown('<blockquote>'.repeat(500) + 'x');
    expect(box.textContent).toBe('x');
    expect(box.querySelectorAll('*').length).toBeLessThan(30);
  });

  it('turns moments of the video into buttons, not those in links or code', () => {
    const go = vi.fn();
    const moments = { upToSeconds: 100, go };
    const box = document.createElement('div');
    const html = '<p>See 1:02 and 9:59</p><code>0:10</code><a href="https://example.org">0:11</a>';
    box.appendChild(safeFragment(html, moments));
    const buttons = box.querySelectorAll('button');
    expect([...buttons].map((button) => button.textContent)).toEqual(['1:02']);
    buttons[0]?.click();
    expect(go).toHaveBeenCalledWith(62);
  });
});

it('no other part of the site turns text into HTML', () => {
  const folder = join(import.meta.dirname, '..');
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
    .filter((entry) => {
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      return /\{@html|\.(inner|outer)HTML\s*=|insertAdjacentHTML|setHTMLUnsafe/.test(text);
    })
    .map((entry) => entry.name);
  // The icons compiled into the site.
  expect(found).toEqual(['Icon.svelte']);
});
