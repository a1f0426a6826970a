import { expect, it } from 'vitest';
import { kindName, reasonName, verdictName } from './names';

// Without a catalogue a message is its key.
it('names rules of the server in the language of the page, and others as they are called', () => {
  expect(reasonName({ source: 'policy', label: 'approval' })).toBe('rule.approval');
  expect(reasonName({ source: 'block', label: 'time-out' })).toBe('rule.timeOut');
  expect(reasonName({ source: 'plugin', label: '' })).toBe('source.plugin');
  expect(reasonName({ source: 'watched-words', label: 'approval' })).toBe('desk.reason');
});

it('shows what it does not know as the server wrote it', () => {
  expect(kindName('video-title')).toBe('kind.videoTitle');
  expect(kindName('something-new')).toBe('something-new');
  expect(verdictName('something-new')).toBe('something-new');
});
