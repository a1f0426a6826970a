/**
 * The question that a viewer is asked at first play: what is shared, who sees the address, one
 * click each way. It stands beside the video and waits for nobody. Pages give it its looks.
 */
import type { Say } from '../words';
import type { Answer } from './choice';

/** `site`: the name people know this server by. */
export function sharingQuestion(say: Say, site: string, answered: (answer: Answer) => void): HTMLElement {
  const box = document.createElement('section');
  box.className = 'sharing-question';
  box.setAttribute('aria-label', say('sharing.question'));
  const text = document.createElement('p');
  const question = document.createElement('strong');
  question.textContent = say('sharing.question');
  const later = document.createElement('span');
  later.textContent = ` ${say('sharing.later')}`;
  text.append(question, ` ${say('sharing.explain', { site })}`, later);
  const buttons = document.createElement('div');
  for (const answer of ['yes', 'no'] as const) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.textContent = say(`sharing.${answer}`);
    button.addEventListener('click', () => answered(answer));
    buttons.append(button);
  }
  box.append(text, buttons);
  return box;
}
