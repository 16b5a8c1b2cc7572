"""The loop for diffusers bases, through accelerate: one process or many, DDP or FSDP2, by its configuration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from boximator.control.adapter import BoxAdapter
from boximator.control.condition import Condition
from boximator.training.boxes.clips import Lessons
from boximator.training.boxes.latent_base import LatentBase
from boximator.training.boxes.run import BoxesRun
from boximator.training.boxes.told import Step, clip_generator, step_of, together
from boximator.training.boxes.waiting import Waiting
from boximator.training.boxes_task import stage_at, stage_number


class Learner:
    """The adapter, its optimiser and what a step does to them; the base is attached, frozen, on the device."""

    def __init__(
        self,
        run: BoxesRun,
        *,
        base: LatentBase,
        adapter: BoxAdapter,
        lessons: Lessons,
        accelerator: Accelerator,
    ) -> None:
        self.run = run
        self.base = base
        self.adapter = adapter
        self.lessons = lessons
        self.accelerator = accelerator
        self.blank = lessons.blank()
        optimiser = torch.optim.AdamW(adapter.parameters(), lr=run.rate, betas=(0.9, 0.99), weight_decay=0.01)
        prepared: Any = accelerator.prepare(adapter, optimiser)
        self.model, self.optimiser = prepared
        self.waiting = Waiting()

    def micro_batch(self, step: int, *, turn: int, boxed: bool = False) -> Step:
        """The clips of a step that this process takes in one of its turns; ``boxed``: none without its boxes."""
        run = self.run
        rule = stage_at(step, steps=run.steps, stages=run.stages).rule
        at_once = self.accelerator.num_processes * run.micro
        first = turn * at_once + self.accelerator.process_index * run.micro
        with self.waiting.for_data():
            rows = [
                step_of(
                    self.lessons.get(self.lessons.footage.place(step * run.batch + place)),
                    rule=replace(rule, boxless=0.0) if boxed else rule,
                    objective=self.base.objective,
                    blank=self.blank,
                    textless=run.textless,
                    generator=clip_generator(run.seed, step=step, place=place),
                )
                for place in range(first, first + run.micro)
            ]
            return together(rows, device=self.accelerator.device)

    def answer(self, batch: Step, *, condition: Condition) -> tuple[Tensor, Tensor]:
        """What the network answers, and what it should; latent frames that are given are left out of both."""
        objective, given = self.base.objective, self.base.given
        noised = objective.noised(batch.clean, noise=batch.noise, levels=batch.levels)
        state = objective.shown(noised, levels=batch.levels)
        answered = self.model(
            condition,
            # a tensor of its own, no view: FSDP hangs its work before the backward pass on it
            lambda: self.base.answer(state, levels=batch.levels, told=batch.told).clone(),
        )
        wanted = objective.wanted(batch.clean, noise=batch.noise, levels=batch.levels)
        return answered[:, :, given:], wanted[:, :, given:]

    def step(self, step: int) -> tuple[float, float]:
        """One step of the optimiser: (loss, norm of the gradients). What is not finite changes nothing."""
        total = torch.zeros((), device=self.accelerator.device)
        turns = self.run.accumulation(self.accelerator.num_processes)
        norm = math.nan
        for turn in range(turns):
            batch = self.micro_batch(step, turn=turn)
            with self.accelerator.accumulate(self.model):
                answered, wanted = self.answer(batch, condition=batch.condition)
                loss = (answered - wanted).square().mean()
                self.accelerator.backward(loss)
                total += loss.detach() / turns
                if self.accelerator.sync_gradients:
                    norm = self._clipped()
                    self._update(step, finite=math.isfinite(norm))
        mean: Any = self.accelerator.reduce(total, reduction="mean")
        return float(mean), norm

    def _clipped(self) -> float:
        norm: Any = self.accelerator.clip_grad_norm_(self.model.parameters(), self.run.clip)
        whole = norm.full_tensor() if hasattr(norm, "full_tensor") else norm  # sharded: FSDP2
        return float(whole)

    def _update(self, step: int, *, finite: bool) -> None:
        run = self.run
        factor = stage_at(step, steps=run.steps, stages=run.stages).rate * min(
            1.0, (step + 1) / max(1, run.warmup)
        )
        for group in self.optimiser.param_groups:
            group["lr"] = run.rate * factor
        if finite:
            self.optimiser.step()
        self.optimiser.zero_grad()

    def numbers(self, step: int) -> Mapping[str, float]:
        """What the layers add beside what passes through them: at 0, boxes have no effect, whatever the loss is."""
        deltas = self.adapter.last_delta().values()
        stage = stage_number(step, steps=self.run.steps, stages=self.run.stages)
        return {"gate": sum(deltas) / max(1, len(deltas)), "stage": stage}

    @torch.no_grad()
    def box_effect(self, step: int) -> float:
        """How much the boxes of a step's first clips change the answer, relative to its size."""
        batch = self.micro_batch(step, turn=0, boxed=True)
        here = batch.condition
        none = Condition.null(batch=here.batch, frames=here.frames).to(self.accelerator.device)
        with_boxes, _ = self.answer(batch, condition=here)
        without, _ = self.answer(batch, condition=none)
        change = (with_boxes - without).square().mean() / without.square().mean().clamp_min(1e-12)
        mean: Any = self.accelerator.reduce(change.sqrt(), reduction="mean")
        return float(mean)
