#!/usr/bin/env python3
"""Seconds from the last uploaded byte to the first playable segment.

    benches/first_segment.py --bin target/release/farandole --film FILM.mp4 [--minutes 1,10,60]

The clock starts when the last chunk begins to be sent, and stops when the first segment of a
rendition has been fetched through master and media playlist, as a player does.
"""
import argparse, re, shutil, subprocess, sys, tempfile, time, urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from server import Server


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def sources(minutes, film, work):
    """Name and file of each source: a minute of film, encoded once, then repeated by copying."""
    shapes = {"-g 50": ["-g", "50"], "-g 250, scene cuts": ["-g", "250"]}
    for shape, options in shapes.items():
        unit = work / f"unit-{len(list(work.iterdir()))}.mp4"
        ffmpeg("-stream_loop", "-1", "-i", film, "-t", "60", "-vf", "scale=1280:720,fps=25", "-c:v", "libx264", "-preset", "veryfast",
               "-crf", "23", "-pix_fmt", "yuv420p", "-flags", "+cgop", *options, "-c:a", "aac", "-b:a", "128k", unit)
        for count in minutes:
            whole = work / f"{count}-{shape.replace(' ', '').replace(',', '')}.mp4"
            ffmpeg("-stream_loop", count - 1, "-i", unit, "-c", "copy", "-movflags", "+faststart", whole)
            others = []
            if shape == "-g 50" and count == minutes[-1]:
                # Made before anybody takes the file they are copied from away.
                others = [("moov at the end", work / "late.mp4"), ("MKV", work / "whole.mkv")]
                for _, other in others:
                    ffmpeg("-i", whole, "-c", "copy", other)
            yield f"{count} min, {shape}", whole
            for name, other in others:
                yield f"{count} min, {name}", other
            whole.unlink(missing_ok=True)


def fetch(server, address, headers=None):
    url = urllib.parse.urlparse(address)
    return server.request("GET", url.path + (f"?{url.query}" if url.query else ""), headers=headers)


def first_segment(server, video):
    """True once a first segment could be fetched."""
    details = server.json("GET", f"/api/v1/videos/{video['uuid']}", headers=server.auth)
    if not details["streamingPlaylists"]:
        return False
    master = details["streamingPlaylists"][0]["playlistUrl"]
    _, _, text = fetch(server, master)
    variant = next(line for line in text.decode().splitlines() if line and not line.startswith("#"))
    media = urllib.parse.urljoin(master, variant)
    status, _, text = fetch(server, media)
    found = re.search(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\S+)", text.decode())
    if status != 200 or not found:
        return False
    length, offset = int(found.group(1)), int(found.group(2))
    status, _, data = fetch(server, urllib.parse.urljoin(media, found.group(3)), {"range": f"bytes={offset}-{offset + length - 1}"})
    return status == 206 and len(data) == length


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bin", required=True)
    options.add_argument("--film", required=True)
    options.add_argument("--minutes", default="1,10,60")
    args = options.parse_args()
    work = Path(tempfile.mkdtemp(prefix="farandole-bench-"))
    print("\n### From the last uploaded byte to the first playable segment\n\n| source | MiB | seconds |\n|---|---|---|")
    try:
        for name, path in sources([int(m) for m in args.minutes.split(",")], args.film, work):
            size = path.stat().st_size / (1 << 20)
            with Server(args.bin) as server:
                server.log_in()
                video, sent = server.upload(path)
                while not first_segment(server, video):
                    if time.monotonic() - sent > 300:
                        raise SystemExit(f"{name}: not playable after 300 s")
                    time.sleep(0.02)
                print(f"| {name} | {size:.0f} | {time.monotonic() - sent:.2f} |", flush=True)
            shutil.rmtree(server.folder, ignore_errors=True)
            if path.exists():
                path.unlink()
    finally:
        shutil.rmtree(work, ignore_errors=True)


main()
