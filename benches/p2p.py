#!/usr/bin/env python3
"""What share of a video's bytes do viewers get from each other?

    benches/p2p.py --bin target/release/farandole --viewers target/release/examples/viewers --film film.mp4

One server, one rendition. Ten minutes for N native viewers in one process over real WebRTC, then
three for N pages in Chromium, which watch in real time. At best (N-1)/N come from peers.
"""
import argparse, json, socket, subprocess, sys, tempfile, time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from server import Server

SETTINGS = {"FARANDOLE__P2P__POLICY": "on", "FARANDOLE__TRANSCODING__RESOLUTIONS": "[360]",
            "FARANDOLE__TRANSCODING__PRESET": "ultrafast", "FARANDOLE__TRACKER__EXEMPT_NETWORKS": '["127.0.0.0/8", "::1/128"]'}


def long_film(film, seconds=600):
    """The film over and over: of a short one the first segments, which nobody has yet, are too large a part."""
    found = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", film],
                           capture_output=True, text=True, check=True)
    times = int(seconds / float(found.stdout))
    path = Path(tempfile.mkdtemp(prefix="farandole-bench-")) / "long.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-stream_loop", str(times), "-i", film, "-c", "copy", path], check=True)
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def published(server, video):
    """Waits until the video is made; its shortest-named rendition with pictures."""
    while True:
        details = server.json("GET", f"/api/v1/videos/{video}", headers=server.auth)
        if details["state"]["id"] == 1:
            files = details["streamingPlaylists"][0]["files"]
            return str(min(file["resolution"]["id"] for file in files if file["resolution"]["id"]))
        time.sleep(1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--viewers", required=True)
    parser.add_argument("--film", required=True)
    parser.add_argument("--counts", default="2,5,30", help="numbers of native viewers; empty for none")
    parser.add_argument("--speed", default="4")
    parser.add_argument("--spread", default="10")
    parser.add_argument("--pages", default="2,3,5", help="numbers of pages in Chromium; empty for none")
    args = parser.parse_args()
    print("| viewers | from peers | at best | of the best | stalled | start-up, median |\n|---|---|---|---|---|---|")
    # The tracker's address is told to viewers, so the port must be known before the start.
    with Server(args.bin, SETTINGS, port=free_port()) as server:
        server.log_in()
        video, _ = server.upload(long_film(args.film))
        rendition = published(server, video["uuid"])
        for count in map(int, filter(None, args.counts.split(","))):
            done = subprocess.run([args.viewers, f"http://127.0.0.1:{server.port}", video["uuid"], rendition,
                                   str(count), args.speed, args.spread], capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stderr)
            seen = json.loads(done.stdout)
            best = (count - 1) / count
            print(f"| {count} | {seen['ratio']:.3f} | {best:.3f} | {seen['ratio'] / best:.2f} "
                  f"| {seen['stalledViewers']} | {seen['startUpMedianMs']} ms |", flush=True)
        if args.pages:
            watch_in_browsers(server, args)


def watch_in_browsers(server, args):
    print("\n| pages in Chromium | from peers | at best | of the best | stalls | start-up, median | without sharing |\n|---|---|---|---|---|---|---|")
    video, _ = server.upload(long_film(args.film, 180))
    published(server, video["uuid"])
    script = Path(__file__).parent / "p2p_browsers.mjs"
    for count in map(int, args.pages.split(",")):
        done = subprocess.run(["node", script, f"http://localhost:{server.port}", video["uuid"], str(count)], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        seen = json.loads(done.stdout)
        best = (count - 1) / count
        print(f"| {count} | {seen['ratio']:.3f} | {best:.3f} | {seen['ratio'] / best:.2f} | {seen['stalls']} "
              f"| {seen['startMs']} ms | {seen['startAloneMs']} ms |", flush=True)


main()
