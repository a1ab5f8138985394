"""One worker process: runs the handler of one file, one event after the other. Started by `workers.py`, by its path, with

    worker.py FILE LARGEST_ANSWER MEMORY_BYTES

It knows nothing of Trunkline. An event comes as a line of JSON on standard input; the answer goes to the pipe that was standard
output, as a line `STATUS LENGTH` and so many bytes: `ok` with JSON, `error` with words, `over` with words when
the process ends after it. Whatever the handler prints goes to standard
error. When nobody is at the other end of standard input any more, the process ends, even in the middle of a handler.
"""

import importlib.util
import json
import os
import queue
import resource
import sys
import threading
import time
import traceback


class Context:
    """What a handler gets as its second argument: the part of AWS Lambda's context object that makes sense anywhere."""

    def __init__(self, asked, memory):
        self.function_name = asked["name"]
        self.invoked_function_arn = asked["arn"]
        self.aws_request_id = asked["id"]
        self.function_version = "$LATEST"
        self.memory_limit_in_mb = memory // 1_048_576
        self.log_group_name = self.log_stream_name = self.function_name
        self.identity = self.client_context = None
        self._ends = time.monotonic() + asked["timeout_s"]

    def get_remaining_time_in_millis(self):
        return max(0, round((self._ends - time.monotonic()) * 1000))


def load(path):
    """The function `handler` of a file. Its folder is searched for what it imports.

    Nothing compiled is kept: Python takes it for current when a file of the same length is written within the same second.
    """
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location(os.path.basename(path).removesuffix(".py"), path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.handler


def read(events):
    """Takes events from standard input; its end is the end of the process."""
    for line in sys.stdin.buffer:
        events.put(line)
    os._exit(0)


def main(path, largest, memory):
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    events: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=read, args=(events,), daemon=True).start()
    handler = None
    while True:
        asked = json.loads(events.get())
        try:
            if handler is None:
                handler = load(path)
            status, said = "ok", json.dumps(handler(asked["event"], Context(asked, memory))).encode()
            if len(said) > largest:
                status, said = "error", f"it answered with more than {largest // 1024} KB".encode()
        except BaseException as error:
            traceback.print_exc()
            status, said = "error", f"{type(error).__name__}: {error}"[:1000].encode(errors="replace")
            if handler is None or isinstance(error, MemoryError) or not isinstance(error, Exception):
                status = "over"
        sys.stdout.flush()
        sys.stderr.flush()
        answers.write(b"%s %d\n" % (status.encode(), len(said)) + said)
        answers.flush()
        if status == "over":
            os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
