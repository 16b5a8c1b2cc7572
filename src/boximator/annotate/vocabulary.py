"""Words for things -> the detector's classes; what is not one of them is dropped, not called the nearest.

The rule: a phrase's last word (its head), in the singular, or its last two, must be a class's name or stand in the
table of other words for it. Nearness of sentence embeddings is not
asked: a dragon would be near to some animal.
"""

from __future__ import annotations

import re

_COCO = """1 person 2 bicycle 3 car 4 motorcycle 5 airplane 6 bus 7 train 8 truck 9 boat 10 traffic_light
11 fire_hydrant 13 stop_sign 14 parking_meter 15 bench 16 bird 17 cat 18 dog 19 horse 20 sheep 21 cow 22 elephant
23 bear 24 zebra 25 giraffe 27 backpack 28 umbrella 31 handbag 32 tie 33 suitcase 34 frisbee 35 skis 36 snowboard
37 sports_ball 38 kite 39 baseball_bat 40 baseball_glove 41 skateboard 42 surfboard 43 tennis_racket 44 bottle
46 wine_glass 47 cup 48 fork 49 knife 50 spoon 51 bowl 52 banana 53 apple 54 sandwich 55 orange 56 broccoli 57 carrot
58 hot_dog 59 pizza 60 donut 61 cake 62 chair 63 couch 64 potted_plant 65 bed 67 dining_table 70 toilet 72 tv 73 laptop
74 mouse 75 remote 76 keyboard 77 cell_phone 78 microwave 79 oven 80 toaster 81 sink 82 refrigerator 84 book 85 clock
86 vase 87 scissors 88 teddy_bear 89 hair_drier 90 toothbrush"""

COCO_IDS = tuple(int(word) for word in _COCO.split()[::2])
NAMES = tuple(word.replace("_", " ") for word in _COCO.split()[1::2])

_OTHER = {
    "person": "man woman boy girl child kid baby people lady gentleman guy pedestrian player rider dancer runner "
    "skier surfer skater worker farmer chef driver actor singer crowd couple men women children teenager adult "
    "swimmer athlete cyclist musician soldier astronaut",
    "bicycle": "bike cycle",
    "car": "taxi cab sedan suv automobile vehicle",
    "motorcycle": "motorbike scooter moped",
    "airplane": "plane jet aircraft airliner aeroplane",
    "bus": "minibus",
    "train": "tram locomotive",
    "truck": "lorry pickup van",
    "boat": "ship sailboat canoe kayak ferry yacht",
    "bird": "seagull gull pigeon duck swan goose parrot eagle sparrow crow owl chicken hen rooster flamingo penguin",
    "cat": "kitten kitty",
    "dog": "puppy pup hound retriever terrier poodle",
    "horse": "pony foal stallion mare",
    "sheep": "lamb ram",
    "cow": "cattle bull calf ox",
    "bear": "grizzly",
    "sports ball": "ball football basketball volleyball soccer_ball baseball tennis_ball",
    "cup": "mug teacup",
    "wine glass": "goblet",
    "couch": "sofa settee",
    "potted plant": "houseplant",
    "dining table": "table",
    "tv": "television monitor",
    "laptop": "notebook_computer",
    "cell phone": "phone smartphone mobile",
    "refrigerator": "fridge",
    "donut": "doughnut",
    "suitcase": "luggage",
    "handbag": "purse",
    "backpack": "rucksack",
    "hair drier": "hairdryer",
}
_IN_FULL = {"mouse": ("computer mouse", "wireless mouse", "optical mouse")}
"""Names with another meaning, which count only so."""

_CLASS_OF = (
    {name: name for name in NAMES if name not in _IN_FULL}
    | {word.replace("_", " "): name for name, words in _OTHER.items() for word in words.split()}
    | {word: name for name, words in _IN_FULL.items() for word in words}
)
_IRREGULAR = {"knives": "knife", "mice": "mouse", "geese": "goose", "calves": "calf", "oxen": "ox"}


def class_of(phrase: str) -> str | None:
    """The class that a phrase means ("a small puppy": dog); None for what is none ("a dragon").

    A class of two words must be said in full: a hot dog is food, a teddy bear no bear. A mouse is an animal, unless it
    is said to be a computer's.
    """
    words = re.findall(r"[a-z]+", phrase.lower())
    if not words:
        return None
    for head in (" ".join(words[-2:]), words[-1]):
        first, _, last = head.rpartition(" ")
        for singular in _singulars(last):
            found = _CLASS_OF.get(f"{first} {singular}".strip())
            if found is not None:
                return found
    return None


def _singulars(word: str) -> tuple[str, ...]:
    plain = (word, _IRREGULAR.get(word, word))
    if word.endswith("ies"):
        return (*plain, word[:-3] + "y")
    if word.endswith("es"):
        return (*plain, word[:-1], word[:-2])
    return (*plain, word[:-1]) if word.endswith("s") and not word.endswith("ss") else plain
