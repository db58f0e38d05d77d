"""A cable of a given length: carries Ethernet frames between two TAP devices, each frame a while after it came.

Usage: delay.py TAP TAP MILLISECONDS; makes both devices, writes {"event":"ready"} when they are there, and ends on a
signal. For kernels without netem.
"""
import collections
import fcntl
import os
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP_NO_PI = 0x1002
LONGEST_FRAME = 65535


def tap(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP_NO_PI))
    return device


def main():
    ends = [tap(sys.argv[1]), tap(sys.argv[2])]
    delay = float(sys.argv[3]) / 1000
    # All frames wait equally long, so the first to come is the first to go.
    under_way = collections.deque()
    print('{"event":"ready"}', flush=True)
    while True:
        wait = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        readable, _, _ = select.select(ends, [], [], wait)
        now = time.monotonic()
        for end in readable:
            other = ends[1] if end == ends[0] else ends[0]
            try:
                while True:
                    under_way.append((now + delay, other, os.read(end, LONGEST_FRAME)))
            except BlockingIOError:
                pass
        while under_way and under_way[0][0] <= now:
            _, end, frame = under_way.popleft()
            try:
                os.write(end, frame)
            except OSError:
                pass  # The device is down or full: a cable forgives.


main()
