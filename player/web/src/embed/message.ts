/** What an embed shows when there is no video to play: a sentence, sometimes a form or a link. */

export interface Link {
  readonly href: string;
  readonly text: string;
}

/** A page of one sentence. */
export function messagePage(text: string, link: Link | null): HTMLElement {
  const page = container('status');
  const sentence = document.createElement('h1');
  sentence.textContent = text;
  page.append(sentence);
  if (link !== null) page.append(anchor(link));
  return page;
}

export interface PasswordWords {
  readonly heading: string;
  readonly label: string;
  readonly submit: string;
  /** Shown when the last password was not the right one. */
  readonly wrong: string | null;
}

/** A form that asks for the video's password. */
export function passwordPage(words: PasswordWords, submit: (password: string) => void): HTMLElement {
  const page = container(null);
  const heading = document.createElement('h1');
  heading.textContent = words.heading;
  const form = document.createElement('form');
  const label = document.createElement('label');
  label.htmlFor = 'video-password';
  label.textContent = words.label;
  const input = document.createElement('input');
  input.id = 'video-password';
  input.type = 'password';
  input.required = true;
  input.autocomplete = 'off';
  const button = document.createElement('button');
  button.textContent = words.submit;
  form.append(label, input, button);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(input.value);
  });
  page.append(heading);
  if (words.wrong !== null) {
    const wrong = document.createElement('p');
    wrong.setAttribute('role', 'alert');
    wrong.textContent = words.wrong;
    input.setAttribute('aria-invalid', 'true');
    page.append(wrong);
  }
  page.append(form);
  return page;
}

function container(role: string | null): HTMLElement {
  const page = document.createElement('main');
  page.className = 'embed-message';
  if (role !== null) page.setAttribute('role', role);
  return page;
}

function anchor({ href, text }: Link): HTMLAnchorElement {
  const link = document.createElement('a');
  link.href = href;
  link.target = '_blank';
  link.rel = 'noopener';
  link.textContent = text;
  return link;
}
