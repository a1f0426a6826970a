/** Under which addresses is a video shared, embedded and downloaded? */
import { here } from '../../addresses';
import type { VideoDetails, VideoFile } from '../../api/types';

type Named = Pick<VideoDetails, 'shortUUID' | 'embedPath' | 'name' | 'aspectRatio'>;

export function watchUrl(video: Named, startSeconds: number, origin = location.origin): string {
  return `${origin}/w/${video.shortUUID}${startSeconds > 0 ? `?start=${startSeconds}s` : ''}`;
}

const escapeAttribute = (text: string) =>
  text
    .replace(/&/g, '&amp;')
    .replace(/"/g, '&quot;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');

/** An `<iframe>` for other sites: fills its column, keeps the shape of the video. */
export function embedCode(video: Named, startSeconds: number, origin = location.origin): string {
  const ratio = video.aspectRatio && video.aspectRatio > 0 ? video.aspectRatio : 16 / 9;
  const width = ratio >= 1 ? 560 : 315;
  const height = Math.round(width / ratio);
  const start = startSeconds > 0 ? `?start=${startSeconds}s` : '';
  return (
    `<iframe title="${escapeAttribute(video.name)}" width="${width}" height="${height}" ` +
    `src="${escapeAttribute(origin + video.embedPath + start)}" style="border: 0" ` +
    'allow="fullscreen; picture-in-picture" allowfullscreen ' +
    'sandbox="allow-same-origin allow-scripts allow-popups"></iframe>'
  );
}

/** Every file that can be downloaded, largest picture first, each resolution once. */
export function downloads(video: VideoDetails): readonly VideoFile[] {
  const files = [...(video.files ?? []), ...(video.streamingPlaylists ?? []).flatMap((p) => p.files)];
  const seen = new Set<number>();
  return files
    .filter((file) => Boolean(file.fileDownloadUrl))
    .sort((a, b) => b.resolution.id - a.resolution.id)
    .filter((file) => !seen.has(file.resolution.id) && Boolean(seen.add(file.resolution.id)));
}

/** The address of a download, with the token of a video that is not public. */
export function downloadUrl(file: VideoFile, token: string | null, base = location.href): string {
  const url = new URL(here(file.fileDownloadUrl ?? ''), base);
  if (token !== null && url.origin === new URL(base).origin) {
    url.searchParams.set('videoFileToken', token);
  }
  return url.href;
}
