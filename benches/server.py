"""Starts a server for a bench on free loopback ports, and talks to it."""
import http.client, json, os, re, subprocess, tempfile, time, urllib.parse
from pathlib import Path

PASSWORD = "bench password 1"


class Server:
    """A server with a data folder of its own; stopped and removed at the end of the `with`."""

    def __init__(self, binary, settings=None, folder=None, port=0):
        self.folder = Path(folder or tempfile.mkdtemp(prefix="farandole-bench-"))
        environment = {**os.environ, "FARANDOLE_ROOT_PASSWORD": PASSWORD, "FARANDOLE__LIMITS__API_REQUESTS": "0",
                       "FARANDOLE__UPLOADS__FREE_DISK_FLOOR_BYTES": "1", "FARANDOLE__SERVER__LOG_FILTER": "warn", **(settings or {})}
        began = time.monotonic()
        self.process = subprocess.Popen([binary, "serve", "--data-dir", str(self.folder), "--listen", f"127.0.0.1:{port}"],
                                        stdout=subprocess.PIPE, stderr=open(self.folder.with_suffix(".log"), "ab"), env=environment, text=True)
        for line in self.process.stdout:
            if found := re.search(r"http://[^:\s]+:(\d+)", line):
                self.port = int(found.group(1))
                break
        else:
            raise SystemExit(f"the server did not start; see {self.folder.with_suffix('.log')}")
        self.start_seconds = time.monotonic() - began

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), data

    def json(self, method, path, body=None, headers=None):
        status, _, data = self.request(method, path, body, headers)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {data[:300]!r}")
        return json.loads(data) if data else None

    def log_in(self):
        oauth = self.json("GET", "/api/v1/oauth-clients/local")
        form = urllib.parse.urlencode({**oauth, "grant_type": "password", "username": "root", "password": PASSWORD})
        token = self.json("POST", "/api/v1/users/token", form, {"content-type": "application/x-www-form-urlencoded"})
        self.auth = {"authorization": f"Bearer {token['access_token']}"}
        me = self.json("GET", "/api/v1/users/me", headers=self.auth)
        self.channel = me["videoChannels"][0]["id"]

    def upload(self, path, chunk=64 << 20, name="bench video"):
        """Resumable upload; returns the video and the moment of its last byte's answer."""
        size = os.path.getsize(path)
        meta = json.dumps({"name": name, "channelId": self.channel, "privacy": 1, "filename": os.path.basename(path)})
        status, headers, data = self.request("POST", "/api/v1/videos/upload-resumable", meta, {
            **self.auth, "content-type": "application/json", "x-upload-content-length": str(size), "x-upload-content-type": "video/mp4"})
        if status not in (200, 201):
            raise SystemExit(f"upload: {status} {data[:300]!r}")
        location = {k.lower(): v for k, v in headers.items()}["location"]
        target = "/api/v1/videos/upload-resumable?" + urllib.parse.urlparse(location).query
        with open(path, "rb") as file:
            offset = 0
            while piece := file.read(chunk):
                sent = time.monotonic()
                status, _, data = self.request("PUT", target, piece, {
                    **self.auth, "content-type": "application/octet-stream", "content-range": f"bytes {offset}-{offset + len(piece) - 1}/{size}"})
                offset += len(piece)
        if status != 200:
            raise SystemExit(f"last chunk: {status} {data[:300]!r}")
        return json.loads(data)["video"], sent

    def resident_mib(self):
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
