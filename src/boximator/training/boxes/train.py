"""A whole training of an adapter on a diffusers base: load, encode, train, keep."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from typing import Any

import torch
from accelerate import Accelerator

from boximator.bases.defaults import new_adapter
from boximator.control.adapter import BoxAdapter
from boximator.scene.problem import Problem
from boximator.training.boxes.cache import Cache
from boximator.training.boxes.checkpoint import finish, resume, save
from boximator.training.boxes.clips import ENCODERS, Lessons
from boximator.training.boxes.facts import facts
from boximator.training.boxes.families import latent_base
from boximator.training.boxes.latent_base import LatentBase
from boximator.training.boxes.load import load_pipeline, snapped
from boximator.training.boxes.loop import Learner
from boximator.training.boxes.progress import Shown, Tell, shown, silent
from boximator.training.boxes.run import BoxesRun
from boximator.training.checkpoint import Reached
from boximator.training.curve import Curve
from boximator.training.loop import stop_signal


def train_on_base(run: BoxesRun, *, tell: Tell) -> int:
    """Train a fresh adapter (or go on from the newest checkpoint); gives the step reached.

    Run it in every process that accelerate starts; all of them must see the folders of `run`.

    Args:
        run: the settings. Frames and size are snapped to what the base can make.
        tell: is told sentences, in the first process only.

    Raises:
        Problem: a base that cannot be trained on, or a batch that cannot be shared out.
    """
    accelerator = Accelerator(cpu=not torch.cuda.is_available())
    accelerator.gradient_accumulation_steps = run.accumulation(accelerator.num_processes)
    say: Tell = tell if accelerator.is_main_process else _nothing
    pipe = load_pipeline(run.base, revision=run.revision, precision=run.precision)
    able = snapped(pipe, frames=run.frames, size=run.size)
    for note in able.notes:
        say(note)
    run = replace(run, frames=able.scene.frames, size=(able.height, able.width))
    base = latent_base(pipe, frames=run.frames, size=run.size)
    if base.one_at_a_time and run.micro > 1:
        raise Problem(
            given=f"{run.micro} clips at a time on a {type(pipe).__name__}",
            wanted="One clip at a time: side by side, clips would need one expert, or texts of one length",
            fix="Use --micro 1; --batch may stay",
        )
    adapter = new_adapter(pipe, generator=torch.Generator().manual_seed(run.seed))
    lessons = Lessons(run, base=base, kept=Cache(run.cache))
    processes = accelerator.num_processes
    adapter.register_to_config(
        facts=facts(run, footage=lessons.footage, objective=base.objective.name, processes=processes)
    )
    encode(lessons, accelerator=accelerator, tell=say)
    frozen(base, adapter=adapter, accelerator=accelerator, checkpointing=run.checkpointing)
    with adapter.attached(pipe):
        learner = Learner(run, base=base, adapter=adapter, lessons=lessons, accelerator=accelerator)
        return keep_training(learner, tell=say)


def _nothing(_words: str) -> None:
    """What the other processes say."""


def _bar(accelerator: Accelerator) -> Callable[..., AbstractContextManager[Shown]]:
    """Only the first process shows how far it is."""
    return shown if accelerator.is_main_process else silent


@torch.no_grad()
def encode(lessons: Lessons, *, accelerator: Accelerator, tell: Tell) -> None:
    """Encode the clips of the run that are not in the cache, each process its share; then let the encoders go."""
    run, pipe = lessons.run, lessons.base.pipe
    numbers = range(run.steps * run.batch)
    needed = sorted({lessons.footage.place(number) for number in numbers})
    own = needed[accelerator.process_index :: accelerator.num_processes]
    missing = [index for index in own if not lessons.have(index)]
    if missing:
        for name in ENCODERS:
            part: Any = getattr(pipe, name, None)
            if part is not None:
                part.to(accelerator.device).eval()
        tell(f"Encoding {len(needed)} clips into {run.cache}")
        with _bar(accelerator)("clips", total=len(missing), tell=tell) as show:
            for done, index in enumerate(missing, start=1):
                lessons.get(index)
                show(done, "encoded" if done % 100 == 0 else "")
    if accelerator.is_main_process:
        lessons.blank()
    accelerator.wait_for_everyone()
    for name in ENCODERS:
        if getattr(pipe, name, None) is not None:
            setattr(pipe, name, None)


def frozen(base: LatentBase, *, adapter: BoxAdapter, accelerator: Accelerator, checkpointing: bool) -> None:
    """The base's networks on the device, without gradients for their weights."""
    for network in adapter.address.denoisers_of(base.pipe):
        network.requires_grad_(False).eval().to(accelerator.device)
        if checkpointing and getattr(network, "_supports_gradient_checkpointing", False):
            model: Any = network
            model.enable_gradient_checkpointing()


def keep_training(learner: Learner, *, tell: Tell) -> int:
    """From the newest checkpoint to the last step, or until a signal; a checkpoint at the end either way."""
    run, accelerator = learner.run, learner.accelerator
    main = accelerator.is_main_process
    reached = resume(
        run.folder, settled=run.settled(), model=learner.model, optimiser=learner.optimiser.optimizer
    )
    first, saved = reached.step, reached.step
    learner.waiting.begin()
    with ExitStack() as stack:
        stop = stack.enter_context(stop_signal())
        curve = stack.enter_context(Curve(run.folder, start=reached.step)) if main else None
        bar = _bar(accelerator)("steps", total=run.steps, done=reached.step, tell=tell)
        show = stack.enter_context(bar)
        while reached.step < run.steps and not agreed(stop[0], accelerator=accelerator):
            step = reached.step
            logs = step % run.log_every == 0 or step + 1 == run.steps
            learner.adapter.record = logs
            loss, norm = learner.step(step)
            finite = math.isfinite(norm)
            reached = Reached(step=step + 1, skipped=reached.skipped + (not finite))
            show(reached.step)
            saves = reached.step % run.save_every == 0 or reached.step == run.steps
            numbers = {"loss": loss, "gradient": norm, "skipped": reached.skipped}
            if logs:
                numbers |= learner.numbers(step)
                numbers |= {"waiting": learner.waiting.share}
                numbers |= {"clips_per_second": (reached.step - first) * run.batch / learner.waiting.seconds}
                show(
                    reached.step, "loss {loss:.4f}  gate {gate:.5f}  waiting {waiting:.1%}".format(**numbers)
                )
            if saves:
                numbers |= {"box_effect": learner.box_effect(step)}
            if curve is not None and (logs or saves):
                curve.add(numbers, step=step)
            if saves:
                keep(learner, reached)
                saved = reached.step
        if saved < reached.step:
            keep(learner, reached)
    if reached.step > first:
        waiting = learner.waiting
        tell(
            f"Waited for data {waiting.share:.2%} of the time ({waiting.waited:.1f} of {waiting.seconds:.1f} s)"
        )
    if main and reached.step == run.steps:
        finish(run.folder)
    accelerator.wait_for_everyone()
    return reached.step


def keep(learner: Learner, reached: Reached) -> None:
    """A checkpoint, by all processes together."""
    config: Any = learner.adapter.config
    save(
        learner.run.folder,
        reached=reached,
        settled=learner.run.settled(),
        model=learner.model,
        optimiser=learner.optimiser.optimizer,
        config=config,
        writes=learner.accelerator.is_main_process,
    )
    learner.accelerator.wait_for_everyone()


def agreed(stop: bool, *, accelerator: Accelerator) -> bool:
    """Whether any process was told to stop; all of them stop after the same step."""
    if accelerator.num_processes == 1:
        return stop
    total: Any = accelerator.reduce(torch.tensor(float(stop), device=accelerator.device))
    return float(total) > 0
