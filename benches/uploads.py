#!/usr/bin/env python3
"""Memory and completeness under heavy uploads; fails when a bound is broken.

    benches/uploads.py --bin target/debug/farandole [--many 100] [--gigabytes 2]

A hundred uploads of 50 MB at once: all complete, the server stays under 250 MB. Then one large
file through each protocol: memory stays where it was.
"""
import argparse, http.client, json, os, shutil, subprocess, sys, tempfile, threading, time, uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from server import Server

MANY_LIMIT_MIB = 250
FLAT_LIMIT_MIB = 48


def padded_clip(path, size):
    """A playable MP4 of exactly `size` bytes: a short clip and a `free` box of the rest."""
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10:duration=2",
                    "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(path)], check=True)
    rest = size - path.stat().st_size
    with open(path, "ab") as file:
        # A box over 4 GiB - 1 needs the 64-bit form (ISO/IEC 14496-12, 4.2).
        file.write((1).to_bytes(4, "big") + b"free" + rest.to_bytes(8, "big"))
    os.truncate(path, size)


class Watch:
    """The highest resident memory of the server while the `with` lasts."""

    def __init__(self, server):
        self.server, self.peak, self.ended = server, server.resident_mib(), threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def look(self):
        while not self.ended.wait(0.05):
            self.peak = max(self.peak, self.server.resident_mib())

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def multipart(server, path, name):
    """The simple protocol, streamed from disk."""
    boundary = uuid.uuid4().hex
    fields = {"name": name, "channelId": server.channel, "privacy": 3}
    head = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="videofile"; filename="{path.name}"\r\nContent-Type: video/mp4\r\n\r\n'
    tail = f"\r\n--{boundary}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=900)
    connection.putrequest("POST", "/api/v1/videos/upload")
    for key, value in {**server.auth, "content-type": f"multipart/form-data; boundary={boundary}",
                       "content-length": str(len(head) + path.stat().st_size + len(tail))}.items():
        connection.putheader(key, value)
    connection.endheaders(head.encode())
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            connection.send(piece)
    connection.send(tail)
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200:
        raise SystemExit(f"upload of {path.name}: {answer.status} {data[:300]!r}")
    return json.loads(data)["video"]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bin", required=True)
    options.add_argument("--many", type=int, default=100)
    options.add_argument("--gigabytes", type=int, default=2)
    args = options.parse_args()
    work = Path(tempfile.mkdtemp(prefix="farandole-soak-"))
    broken = 0
    # No transcoding slot: the proofs are about uploads, and the machine is small.
    settings = {"FARANDOLE__TRANSCODING__CONCURRENCY": "0"}
    print("\n| proof | result | bound |\n|---|---|---|")
    try:
        small, large = work / "small.mp4", work / "large.mp4"
        padded_clip(small, 50_000_000)
        with Server(args.bin, settings) as server:
            server.log_in()
            with Watch(server) as watch, ThreadPoolExecutor(args.many) as pool:
                done = list(pool.map(lambda n: multipart(server, small, f"Upload {n}"), range(args.many)))
            complete = len({video["uuid"] for video in done})
            broken += complete != args.many or watch.peak >= MANY_LIMIT_MIB
            print(f"| {args.many} uploads of 50 MB at once | {complete} complete, peak {watch.peak:.0f} MiB | all, < {MANY_LIMIT_MIB} MiB |", flush=True)
        shutil.rmtree(server.folder)
        padded_clip(large, args.gigabytes * 1_000_000_000)
        for name, send in {"multipart": lambda s: multipart(s, large, "Large"),
                           "resumable": lambda s: s.upload(large, 32 << 20, "Large")}.items():
            with Server(args.bin, settings) as server:
                server.log_in()
                before = server.resident_mib()
                with Watch(server) as watch:
                    send(server)
                growth = watch.peak - before
                broken += growth >= FLAT_LIMIT_MIB
                print(f"| {args.gigabytes} GB, {name} | memory grew by {growth:.0f} MiB | < {FLAT_LIMIT_MIB} MiB |", flush=True)
            shutil.rmtree(server.folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"\n{3 - broken} passed, {broken} failed")
    sys.exit(1 if broken else 0)


main()
