import type { FragmentLoaderConstructor, FragmentLoaderContext, HlsConfig, LoaderCallbacks, LoaderConfiguration } from 'hls.js';
import { beforeEach, expect, it, vi } from 'vitest';
import { sharingLoader } from './sharing-loader';

type Callbacks = LoaderCallbacks<FragmentLoaderContext>;

/** A loader that does what a test says. */
class Fake {
  static made: Fake[] = [];
  stats = { aborted: false, loaded: 1, total: 1, loading: { start: 0, first: 0, end: 0 } };
  context = null;
  callbacks: Callbacks | null = null;
  abort = vi.fn();
  destroy = vi.fn();

  constructor() {
    Fake.made.push(this);
  }

  load(_context: FragmentLoaderContext, _config: LoaderConfiguration, callbacks: Callbacks): void {
    this.callbacks = callbacks;
  }
}

const Shared = Fake as unknown as FragmentLoaderConstructor;
const config = { loader: Fake } as unknown as HlsConfig;
const context = { url: 'https://here.example/v.mp4' } as FragmentLoaderContext;

beforeEach(() => {
  Fake.made = [];
});

function begin() {
  const callbacks = { onSuccess: vi.fn(), onError: vi.fn(), onTimeout: vi.fn() };
  const loader = new (sharingLoader(Shared))(config);
  loader.load(context, {} as LoaderConfiguration, callbacks);
  return { loader, callbacks, shared: Fake.made[0]! };
}

const failWith = (fake: Fake, code: number) =>
  fake.callbacks?.onError({ code, text: '' }, context, null, fake.stats as never);

it('asks the server when sharing does not deliver, and hls.js notices nothing', () => {
  const { loader, callbacks, shared } = begin();
  failWith(shared, 0);
  const plain = Fake.made[1]!;
  expect(callbacks.onError).not.toHaveBeenCalled();
  expect(plain.stats).toBe(loader.stats);
  expect(plain.callbacks).toBe(callbacks);
  loader.abort();
  expect(plain.abort).toHaveBeenCalled();
  expect(shared.abort).not.toHaveBeenCalled();
});

it('hands on what the server answered', () => {
  const { callbacks, shared } = begin();
  failWith(shared, 404);
  expect(callbacks.onError).toHaveBeenCalledWith({ code: 404, text: '' }, context, null, shared.stats);
  expect(Fake.made).toHaveLength(1);
});

it('does not take an unreachable server for a failure of sharing', () => {
  const { callbacks, shared } = begin();
  shared.stats.loading.start = 12;
  failWith(shared, 0);
  expect(callbacks.onError).toHaveBeenCalled();
  expect(Fake.made).toHaveLength(1);
});

it('loads nothing for a fragment that hls.js has given up', () => {
  const { loader, callbacks, shared } = begin();
  loader.destroy();
  failWith(shared, 0);
  expect(Fake.made).toHaveLength(1);
  expect(callbacks.onError).toHaveBeenCalled();
});
