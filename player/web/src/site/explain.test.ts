import { beforeEach, describe, expect, it } from 'vitest';
import { Problem } from './api/problem';
import { endsSession, explain } from './explain';
import { words } from './words.svelte';

describe('a refusal', () => {
  beforeEach(() => words.speak('en'));

  it('that ends the session is told from a password that was wrong', () => {
    expect(endsSession(new Problem(401, 'invalid_token', 'Sign in again.'))).toBe(true);
    expect(endsSession(new Problem(401, 'current_password_is_invalid', 'Wrong.'))).toBe(false);
    expect(endsSession(new Problem(403, '', ''))).toBe(false);
    expect(endsSession(new Error('no answer'))).toBe(false);
  });

  it('is told in our words where we have them for its code', () => {
    expect(explain(new Problem(413, 'quota_reached', 'Too much.'))).toContain('no space left');
  });

  it('that a moderator gave a reason for is told with it', () => {
    const refusal = new Problem(400, 'account_blocked', 'Suspended.', null, 'Three warnings');
    expect(explain(refusal)).toContain('suspended by the moderators');
    expect(explain(refusal)).toContain('Three warnings');
    expect(explain(new Problem(400, 'account_waiting_for_approval', ''))).toContain('has not looked');
  });

  it('is told exactly in English, and in the language of the page elsewhere', async () => {
    const refusal = new Problem(413, '', 'The picture should have at most 4 MB.');
    expect(explain(refusal)).toBe('The picture should have at most 4 MB.');
    await words.speak('fr');
    expect(explain(refusal)).toContain('trop');
    // Better a foreign sentence than none.
    expect(explain(new Problem(409, '', 'It is busy.'))).toBe('It is busy.');
  });
});
