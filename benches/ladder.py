#!/usr/bin/env python3
"""Ladder 240-1080p: farandole transcode against ffmpeg, in interleaved rounds.

    benches/ladder.py --bin target/release/farandole [--rounds 5] [--seconds 60]

Peers: one ffmpeg process with split filters, and five ffmpeg processes one after the other.
Same preset, CRF, caps, buffers, key frames and threads. Wall and CPU seconds are medians;
memory is the largest process. SSIM is against the source scaled to the rendition.
"""
import argparse, os, re, shutil, statistics, subprocess, sys, tempfile, time
from pathlib import Path

LADDER = [(1080, 1920, 1080, 6_000_000), (720, 1280, 720, 3_200_000), (480, 854, 480, 1_600_000),
          (360, 640, 360, 900_000), (240, 426, 240, 500_000)]
SEGMENT_S = 4


def run(command, log):
    """Runs one command; returns wall seconds, CPU seconds and peak MiB."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed ({process.returncode}); see {log.name}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def make_source(kind, seconds, work, film):
    out = work / f"{kind}.mp4"
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "160k"]
    if kind == "film":
        inputs = ["-stream_loop", "-1", "-i", str(film), "-vf", "scale=1920:1080,fps=25"]
    else:
        inputs = ["-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=30,noise=alls=12:allf=t",
                  "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *inputs, "-t", str(seconds), *encode, str(out)], check=True)
    return out


def output_options(rung, threads, out):
    height, _, _, cap = rung
    return ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23", "-maxrate", str(cap),
            "-bufsize", str(cap), "-flags", "+cgop", "-forced-idr", "1", "-threads", str(threads),
            "-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_S})", "-g", "250",
            "-c:a", "aac", "-b:a", "128k", "-ac", "2",
            "-f", "hls", "-hls_segment_type", "fmp4", "-hls_flags", "single_file", "-hls_time", str(SEGMENT_S),
            "-hls_playlist_type", "vod", str(out / f"{height}.m3u8")]


def one_process(source, out, threads):
    chain, last = [], "0:v"
    for i, (_, w, h, _) in enumerate(LADDER):
        more = i < len(LADDER) - 1
        chain.append(f"[{last}]scale={w}:{h}:flags=bicubic" + (f",split=2[v{i}][s{i}]" if more else f"[v{i}]"))
        last = f"s{i}"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", str(threads), "-i", str(source), "-filter_complex", ";".join(chain)]
    for i, rung in enumerate(LADDER):
        command += ["-map", f"[v{i}]", "-map", "0:a", *output_options(rung, threads, out)]
    return [command]


def five_processes(source, out, threads):
    return [["ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", str(threads), "-i", str(source), "-vf",
             f"scale={rung[1]}:{rung[2]}:flags=bicubic", *output_options(rung, threads, out)] for rung in LADDER]


def ours(binary, source, out, threads):
    return [["nice", "-n", "0", binary, "transcode", str(source), "--out", str(out), "--no-remux", "--threads", str(threads),
             "--resolutions", ",".join(str(r[0]) for r in LADDER)]]


def measure(commands, log):
    wall = cpu = peak = 0.0
    for command in commands:
        w, c, p = run(command, log)
        wall, cpu, peak = wall + w, cpu + c, max(peak, p)
    return wall, cpu, peak


def ssim(rendition, source, w, h):
    filters = f"[1:v]scale={w}:{h}:flags=bicubic[ref];[0:v][ref]ssim"
    done = subprocess.run(["ffmpeg", "-nostdin", "-i", str(rendition), "-i", str(source), "-lavfi", filters, "-f", "null", "-"],
                          capture_output=True, text=True, check=True)
    return float(re.search(r"All:([0-9.]+)", done.stderr).group(1))


def video_bytes(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=size", "-of", "csv=p=0", str(path)],
                          capture_output=True, text=True, check=True)
    return sum(int(line.strip(",")) for line in done.stdout.split())


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bin", required=True)
    options.add_argument("--film", required=True, type=Path, help="a 16:9 film clip, looped and scaled to 1080p")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options.add_argument("--kinds", default="film,noise")
    args = options.parse_args()
    work = Path(tempfile.mkdtemp(prefix="farandole-bench-"))
    log = open(work / "log", "w")
    try:
        for kind in args.kinds.split(","):
            source = make_source(kind, args.seconds, work, args.film)
            makers = {"farandole": lambda o: ours(args.bin, source, o, args.threads),
                      "one ffmpeg": lambda o: one_process(source, o, args.threads),
                      "five ffmpeg": lambda o: five_processes(source, o, args.threads)}
            figures = {name: [] for name in makers}
            for number in range(args.rounds):
                for name, maker in makers.items():
                    out = work / f"{name.replace(' ', '-')}-{kind}"
                    shutil.rmtree(out, ignore_errors=True)
                    out.mkdir()
                    figures[name].append(measure(maker(out), log))
                    print(f"round {number + 1} {name}: {figures[name][-1][0]:.1f} s wall", file=sys.stderr)
            report(kind, figures, work, source, args)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def report(kind, figures, work, source, args):
    print(f"\n### {kind}, {args.seconds} s, {args.rounds} interleaved rounds, {args.threads} threads\n")
    print("| | wall s | CPU s | peak MiB | wall ratio | CPU ratio |\n|---|---|---|---|---|---|")
    base = figures["farandole"]
    for name, rows in figures.items():
        wall, cpu, peak = (statistics.median(row[i] for row in rows) for i in range(3))
        pair = lambda i: statistics.median(b[i] / r[i] for b, r in zip(base, rows))
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {pair(0):.3f} | {pair(1):.3f} |")
    print("\nRatios are farandole over the row, medians of pairs.\n")
    print("| rendition | SSIM farandole | SSIM one ffmpeg | bytes ratio |\n|---|---|---|---|")
    for height, w, h, _ in LADDER:
        mine, theirs = work / f"farandole-{kind}" / f"{height}.mp4", work / f"one-ffmpeg-{kind}" / f"{height}.m3u8"
        print(f"| {height}p | {ssim(mine, source, w, h):.4f} | {ssim(theirs, source, w, h):.4f} | {video_bytes(mine) / video_bytes(theirs):.3f} |")


main()
