"""What the workers of the cluster's tests do; they import this module from its folder."""

import os
import signal
import time
from pathlib import Path

import numpy as np
from escapelab import objectives, sgd, tasks


def escape(eta, batch, replica):
    run = sgd.ensemble(objectives.sine_fit(), start=1.0, eta=eta, steps=200, walkers=100, batch=batch, seed=replica)
    return {"theta": run.theta, "mean": run.theta.mean()}


def logged(number, log, seconds=0.0):
    """number noise terms; a line in the log tells of each call."""
    time.sleep(seconds)
    with open(log, "a") as file:
        file.write(f"{number}\n")
    return np.random.default_rng(number).normal(size=3)


def deadly_once(number, log, flag):
    """Kills its worker when it is number 10, the first time."""
    if number == 10 and not os.path.exists(flag):
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return logged(number, log, 0.1)


def deadly(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fragile(number):
    if number == 3:
        raise ArithmeticError("three is one too many")
    return number


def sized(size, log):
    with open(log, "a") as file:
        file.write(f"{size}\n")
    return np.arange(size, dtype=np.float64)


def whereabouts(number):
    time.sleep(0.2)
    return os.getpid(), tasks.THREADS.get()
