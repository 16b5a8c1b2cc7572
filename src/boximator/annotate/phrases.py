"""The things a sentence names: runs of words between those that cannot be part of a name."""

from __future__ import annotations

import re

_BREAKS_TEXT = """a an the this that these those his her its their my our your some any each every another one
two three four five six several many few both and or but while as then with without in on at by of for from to
into onto over
under above below behind before after across along through around near next beside between against towards
toward up down off out is are was were be been being has have had do does did who which where when it he she
they them him there here very slowly quickly gently suddenly together away back forward past front side top
bottom left right middle background foreground scene view shot video clip camera"""
_BREAKS = frozenset(_BREAKS_TEXT.split())
_VERBS_TEXT = """walks runs sits stands rides drives flies jumps moves plays eats drinks holds looks turns goes
comes crosses swims dances talks smiles passes follows chases throws catches kicks opens closes lies sleeps rolls spins
falls rises walk run sit stand ride drive fly jump move eat drink hold look turn go come cross swim dance talk"""
_VERBS = frozenset(_VERBS_TEXT.split())


def noun_phrases(sentence: str) -> tuple[str, ...]:
    """The phrases of a sentence, each once, in its order.

    No grammar is known here: words such as "the", "with" and "riding" end a phrase, and so does punctuation; numbers
    and words in -ly are passed over. Verbs it does not know stay in ("the dog barks" gives "dog barks", which no
    class fits).
    """
    found: dict[str, None] = {}
    for part in re.split(r"[.,;:!?()\"]+", sentence.lower()):
        run: list[str] = []
        for word in [*re.findall(r"[a-z][a-z'-]*", part), "the"]:
            if word in _BREAKS or word in _VERBS or _verbal(word):
                if run:
                    found[" ".join(run)] = None
                run = []
            elif not word.endswith("ly"):
                run.append(word)
    return tuple(found)


def _verbal(word: str) -> bool:
    return (
        len(word) > 5 and word.endswith("ing") and word not in ("building", "ceiling", "painting", "wedding")
    )
