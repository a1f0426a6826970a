import { beforeEach, describe, expect, it } from 'vitest';
import { forgetStored, isSameFile, keepStored, readStored, type StoredUpload } from './stored';

const upload: StoredUpload = {
  address: '/api/v1/videos/upload-resumable?upload_id=1',
  name: 'walk.mp4',
  size: 4,
  modified: 1000,
  startedAt: 5000,
  username: 'ana',
};

describe('a remembered upload', () => {
  beforeEach(() => localStorage.clear());

  it('comes back to the person who started it, for a day', () => {
    keepStored(upload);
    expect(readStored('ana', 6000)).toEqual(upload);
    expect(readStored('bo', 6000)).toBeNull();
    expect(readStored('ana', 5000 + 25 * 3600 * 1000)).toBeNull();
    forgetStored();
    expect(readStored('ana', 6000)).toBeNull();
  });

  it('is nothing when it was tampered with or damaged', () => {
    for (const text of ['', '{', '[]', JSON.stringify({ ...upload, address: '//evil.example/' })]) {
      localStorage.setItem('farandole.upload', text);
      expect(readStored('ana', 6000), text).toBeNull();
    }
  });

  it('knows its file by name, size and time', () => {
    const same = new File(['abcd'], 'walk.mp4', { lastModified: 1000 });
    expect(isSameFile(upload, same)).toBe(true);
    expect(isSameFile(upload, new File(['abcde'], 'walk.mp4', { lastModified: 1000 }))).toBe(false);
    expect(isSameFile(upload, new File(['abcd'], 'walk.mp4', { lastModified: 2 }))).toBe(false);
  });
});
