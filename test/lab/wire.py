"""Carries Ethernet frames between two network namespaces, late, lossy, slow or not at all. Knows no host and no call.

wire.py SPACE DEVICE SPACE DEVICE makes one TAP device in each namespace and prints "ready". Then it reads one JSON
object a line, {"up": {...}, "down": {...}}, changes those conditions of that direction, and answers each line with
what went through so far. "up" is from the first device to the second. It ends with its standard input, and the devices
with it. Node has neither setns nor ioctl, and this kernel may have no netem: hence Python, its standard library only.
"""

import ctypes
import fcntl
import gc
import heapq
import json
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
MAX_FRAME = 65_536
# One direction must not keep the other one waiting for longer than this many frames.
BATCH = 64
ETHERTYPE_IPV4, ETHERTYPE_ARP = b"\x08\x00", b"\x08\x06"
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17}

libc = ctypes.CDLL(None, use_errno=True)


def open_tap(space, device):
    """A device opened after setns stays in that namespace, so one process can hold both ends."""
    with open(f"/var/run/netns/{space}") as file:
        if libc.setns(file.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), f"setns {space}")
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TAP | IFF_NO_PI))
    return tap


class Direction:
    def __init__(self, source, sink):
        self.source, self.sink = source, sink
        self.delay = self.jitter = self.loss = self.burst = self.rate = self.queue = 0.0
        self.cut = "nothing"
        self.in_burst = False
        # When the last frame that was taken will have left a link of this rate.
        self.free_at = 0.0
        self.taken = self.dropped = self.bytes = 0

    def change(self, conditions):
        for name, value in conditions.items():
            if name == "cut":
                self.cut = value
            elif name == "delayMs":
                self.delay = value / 1000
            elif name == "jitterMs":
                self.jitter = value / 1000
            elif name == "queueMs":
                self.queue = value / 1000
            elif name == "kbps":
                self.rate, self.free_at = value * 1000 / 8, 0.0
            elif name == "lossRate":
                self.loss, self.in_burst = value, False
            elif name == "lossBurst":
                self.burst, self.in_burst = value, False
            else:
                raise ValueError(f"no condition of a wire: {name}")

    def due(self, frame, now):
        """When the frame arrives, or None when it never does."""
        if frame[12:14] == ETHERTYPE_ARP and self.cut != "everything":
            # Plumbing of the lab: who has which address is no part of what is tried here.
            return now
        if self.is_cut(frame) or self.is_lost():
            return None
        if self.rate:
            begins = max(now, self.free_at)
            if begins - now > self.queue:
                return None
            now = self.free_at = begins + len(frame) / self.rate
        return now + self.delay + (random.random() * self.jitter if self.jitter else 0.0)

    def is_cut(self, frame):
        if self.cut == "nothing":
            return False
        return self.cut == "everything" or (frame[12:14] == ETHERTYPE_IPV4 and frame[23] == PROTOCOLS[self.cut])

    def is_lost(self):
        """Each frame alone, or in bursts of that mean length (Gilbert) at the same rate."""
        if not self.loss:
            return False
        if self.burst <= 1 or self.loss >= 1:
            return random.random() < self.loss
        leaves, enters = 1 / self.burst, self.loss / (self.burst * (1 - self.loss))
        self.in_burst = random.random() >= leaves if self.in_burst else random.random() < enters
        return self.in_burst

    def counts(self):
        return {"taken": self.taken, "dropped": self.dropped, "bytes": self.bytes}


class Wire:
    def __init__(self, first, second):
        self.directions = {"up": Direction(first, second), "down": Direction(second, first)}
        self.by_source = {direction.source: direction for direction in self.directions.values()}
        self.under_way = []
        self.number = 0
        self.commands = b""

    def run(self):
        sources = [0, *self.by_source]
        while True:
            wait = max(0.0, self.under_way[0][0] - time.monotonic()) if self.under_way else None
            readable, _, _ = select.select(sources, [], [], wait)
            self.deliver()
            for source in readable:
                if source != 0:
                    self.take(self.by_source[source])
                elif not self.read_commands():
                    return

    def take(self, direction):
        for _ in range(BATCH):
            try:
                frame = os.read(direction.source, MAX_FRAME)
            except OSError:
                # Nothing left, or the device is down.
                return
            now = time.monotonic()
            due = direction.due(frame, now)
            direction.taken += 1
            if due is None:
                direction.dropped += 1
                continue
            direction.bytes += len(frame)
            if due <= now:
                self.put(direction.sink, frame)
            else:
                self.number += 1
                heapq.heappush(self.under_way, (due, self.number, direction.sink, frame))

    def deliver(self):
        now = time.monotonic()
        while self.under_way and self.under_way[0][0] <= now:
            _, _, sink, frame = heapq.heappop(self.under_way)
            self.put(sink, frame)

    @staticmethod
    def put(sink, frame):
        try:
            os.write(sink, frame)
        except OSError:
            # The device is down: so is the host behind it.
            pass

    def read_commands(self):
        chunk = os.read(0, MAX_FRAME)
        *lines, self.commands = (self.commands + chunk).split(b"\n")
        for line in lines:
            for name, conditions in json.loads(line).items():
                self.directions[name].change(conditions)
            print(json.dumps({name: direction.counts() for name, direction in self.directions.items()}), flush=True)
        return len(chunk) > 0


def main():
    first_space, first_device, second_space, second_device = sys.argv[1:]
    wire = Wire(open_tap(first_space, first_device), open_tap(second_space, second_device))
    # A wire that waits for its turn on a busy machine would be measured as a longer one.
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        print("wire.py: no real-time priority, delays may be longer on a busy machine", file=sys.stderr)
    gc.disable()
    print("ready", flush=True)
    wire.run()


main()
