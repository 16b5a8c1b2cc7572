"""The rejection rule on phrases written after it; one of them changed it (a mouse, which was a computer's)."""

from __future__ import annotations

from boximator.annotate.vocabulary import class_of

KNOWN = {
    "a tabby kitten": "cat", "an old fisherman": "person", "the golden retriever": "dog",
    "a herd of elephants": "elephant", "three black sheep": "sheep", "a passenger jet": "airplane",
    "red double decker bus": "bus", "a wooden rowboat": "boat", "the ripe bananas": "banana",
    "a flock of geese": "bird", "a brown teddy bear": "teddy bear", "grizzly bears": "bear",
    "slices of pizza": "pizza", "a pickup truck": "truck", "cell phones": "cell phone",
    "an office chair": "chair", "a leather sofa": "couch", "a mountain bike": "bicycle",
    "racing horses": "horse", "two lambs": "sheep", "the traffic lights": "traffic light",
    "a police officer": "person", "a bride": "person", "a steam locomotive": "train",
    "a paper plane": "airplane", "a computer mouse": "mouse",
}  # fmt: skip

NONE = (
    "a dragon", "a unicorn", "a robot", "a rabbit", "a dinosaur", "a castle", "a tree", "the river", "a cloud",
    "a candle", "a violin", "a tiger", "a lion", "a fish", "a spaceship", "a mushroom", "a bird house", "car keys",
    "horse shoe", "cat food", "train station", "dog collar", "a mermaid", "a camel", "a fox", "a monkey",
    "a waterfall", "a tractor", "a windmill", "a balloon", "a sports bra", "cup board", "a hot air balloon",
    "a pine apple pie", "a field mouse", "a glass of wine",
)  # fmt: skip
"""Of no class. (Wine in a glass is no wine glass.)"""


def test_what_is_no_class_is_dropped() -> None:
    assert [phrase for phrase in NONE if class_of(phrase) is not None] == []
    assert len(NONE) == 36


def test_what_is_a_class_is_never_called_another_and_seldom_dropped() -> None:
    told = {phrase: class_of(phrase) for phrase in KNOWN}
    dropped = {phrase for phrase, name in told.items() if name is None}
    assert all(name == KNOWN[phrase] for phrase, name in told.items() if name is not None)
    assert dropped == {"an old fisherman", "a wooden rowboat", "a police officer", "a bride"}
    assert len(KNOWN) == 26
