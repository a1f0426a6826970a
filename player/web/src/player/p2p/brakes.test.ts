import { expect, it, vi } from 'vitest';
import { Brakes, mayUpload } from './brakes';

const FREE = { hidden: false, saveData: false, connection: null, battery: null };

it.each([
  [{}, true],
  [{ connection: 'wifi' }, true],
  [{ hidden: true }, false],
  [{ saveData: true }, false],
  [{ connection: 'cellular' }, false],
  [{ battery: { level: 0.19, charging: false } }, false],
  [{ battery: { level: 0.19, charging: true } }, true],
  [{ battery: { level: 0.2, charging: false } }, true],
])('with %j it may upload: %s', (change, expected) => {
  expect(mayUpload({ ...FREE, ...change })).toBe(expected);
});

class Page extends EventTarget {
  visibilityState = 'visible';
}

class Source extends EventTarget {
  level = 0.5;
  charging = false;
}

it('tells of each change once, and of none after the end', async () => {
  const page = new Page();
  const battery = new Source();
  const end = new AbortController();
  const changed = vi.fn();
  const brakes = new Brakes(
    page as unknown as Document,
    { getBattery: () => Promise.resolve(battery) },
    end.signal,
    changed,
  );
  await Promise.resolve();
  await Promise.resolve();
  expect(brakes.mayUpload).toBe(true);
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  battery.level = 0.1;
  battery.dispatchEvent(new Event('levelchange'));
  expect(changed.mock.calls).toEqual([[false]]);
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  expect(brakes.mayUpload).toBe(false);
  battery.charging = true;
  battery.dispatchEvent(new Event('chargingchange'));
  expect(changed.mock.calls).toEqual([[false], [true]]);
  end.abort();
  battery.charging = false;
  battery.dispatchEvent(new Event('chargingchange'));
  expect(changed).toHaveBeenCalledTimes(2);
});

it('does without what a browser does not tell', () => {
  const page = new Page();
  const refused = { getBattery: () => Promise.reject(new Error('refused')) };
  const brakes = new Brakes(page as unknown as Document, refused, new AbortController().signal, vi.fn());
  expect(brakes.mayUpload).toBe(true);
});
