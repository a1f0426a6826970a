import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../api/problem';
import { canRetry, openUpload, readAnswer, sendFile } from './resumable';

describe('answers to a range', () => {
  it('say how far it got', () => {
    expect(readAnswer(308, 'bytes=0-99', '')).toEqual({ done: false, received: 100 });
    expect(readAnswer(308, null, '')).toEqual({ done: false, received: 0 });
  });

  it('end with the video', () => {
    const body = '{"video":{"id":1,"uuid":"u","shortUUID":"s"}}';
    expect(readAnswer(200, null, body)).toMatchObject({ done: true, uploaded: { video: { id: 1 } } });
    expect(readAnswer(204, null, '')).toEqual({ done: true, uploaded: null });
  });

  it('refuse with the sentence of the server', () => {
    expect(() => readAnswer(413, null, '{"detail":"Over quota"}')).toThrow('Over quota');
    expect(() => readAnswer(502, null, '<html>')).toThrow(Problem);
  });

  it('are tried again only when that can help', () => {
    expect([0, 409, 429, 500, 503].every((s) => canRetry(new Problem(s, '', '')))).toBe(true);
    expect([400, 401, 403, 404, 413, 415, 422].some((s) => canRetry(new Problem(s, '', '')))).toBe(false);
  });
});

/** A server that keeps bytes the way the protocol says, and breaks when told to. */
class FakeRequest {
  static received = 0;
  static breakAfter: number[] = [];
  static ranges: string[] = [];
  upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  onloadend: (() => void) | null = null;
  status = 0;
  responseText = '';
  #range = '';
  #answerRange: string | null = null;
  open(): void {}
  setRequestHeader(name: string, value: string): void {
    if (name === 'content-range') this.#range = value;
  }
  getResponseHeader(): string | null {
    return this.#answerRange;
  }
  abort(): void {
    this.onabort?.();
  }
  send(body: Blob | null): void {
    FakeRequest.ranges.push(this.#range);
    const kept = FakeRequest.breakAfter.shift();
    queueMicrotask(() => {
      if (kept !== undefined) {
        FakeRequest.received += Math.min(kept, body?.size ?? 0);
        this.onerror?.();
      } else {
        FakeRequest.received += body?.size ?? 0;
        const total = Number(this.#range.split('/')[1]);
        this.status = FakeRequest.received === total ? 200 : 308;
        this.responseText =
          this.status === 200 ? '{"video":{"id":7,"uuid":"u","shortUUID":"s"}}' : '';
        this.#answerRange = FakeRequest.received > 0 ? `bytes=0-${FakeRequest.received - 1}` : null;
        this.onload?.();
      }
      this.onloadend?.();
    });
  }
}

describe('sending a file', () => {
  beforeEach(() => {
    FakeRequest.received = 0;
    FakeRequest.breakAfter = [];
    FakeRequest.ranges = [];
    localStorage.clear();
    vi.stubGlobal('XMLHttpRequest', FakeRequest);
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const file = new File([new Uint8Array(20 * 1024 * 1024)], 'a.mp4');
  const watcher = () => ({
    signal: new AbortController().signal,
    onProgress: vi.fn(),
    onWaiting: vi.fn(),
  });

  it('asks first, then sends ranges that follow each other', async () => {
    const answer = await sendFile('/u', file, watcher());
    expect(answer?.video.id).toBe(7);
    expect(FakeRequest.ranges).toEqual([
      'bytes */20971520',
      'bytes 0-8388607/20971520',
      'bytes 8388608-16777215/20971520',
      'bytes 16777216-20971519/20971520',
    ]);
  });

  it('goes on from what arrived after a broken connection', async () => {
    FakeRequest.breakAfter = [];
    FakeRequest.received = 1000;
    const watching = watcher();
    const sending = sendFile('/u', file, {
      ...watching,
      onWaiting: (ms) => {
        watching.onWaiting(ms);
      },
      onProgress: (sent) => {
        if (sent === 1000) FakeRequest.breakAfter = [500];
      },
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect((await sending)?.video.id).toBe(7);
    expect(watching.onWaiting.mock.calls).toEqual([[1000], [0]]);
    expect(FakeRequest.ranges.slice(0, 4)).toEqual([
      'bytes */20971520',
      'bytes 1000-8389607/20971520',
      'bytes */20971520',
      'bytes 1500-8390107/20971520',
    ]);
  });

  it('stops when paused', async () => {
    const controller = new AbortController();
    const sending = sendFile('/u', file, { ...watcher(), signal: controller.signal });
    controller.abort();
    await expect(sending).rejects.toHaveProperty('name', 'AbortError');
  });
});

it('never sends to another host', async () => {
  localStorage.clear();
  const answer = new Response(null, {
    status: 201,
    headers: { location: 'http://evil.example/api/v1/videos/upload-resumable?upload_id=9' },
  });
  vi.stubGlobal('fetch', vi.fn().mockResolvedValue(answer));
  const address = await openUpload('/api/v1/videos/upload-resumable', new File(['x'], 'a'), {});
  expect(address).toBe('/api/v1/videos/upload-resumable?upload_id=9');
  vi.unstubAllGlobals();
});
