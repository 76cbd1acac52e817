"""tinygrad hands C to clang and reads an object file from standard output; zig brings a clang."""

import subprocess
import sys
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    source, out = Path(folder, "kernel.c"), Path(folder, "kernel.o")
    source.write_bytes(sys.stdin.buffer.read())
    words = [word for word in sys.argv[1:] if not word.startswith(("--target", "-o", "-x"))]
    options = [word for word in words if word not in ("c", "-", "-c")]
    clang = [
        sys.executable,
        "-m",
        "ziglang",
        "cc",
        "-fno-sanitize=all",
        "-fno-stack-protector",
        "-g0",
    ]
    done = subprocess.run([*clang, *options, "-c", source, "-o", out], check=False)
    if done.returncode == 0:
        sys.stdout.buffer.write(out.read_bytes())
sys.exit(done.returncode)
