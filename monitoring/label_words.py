"""Words that say by themselves that a label is positive, in some languages."""

YES = (
    *("1", "yes", "true", "y", "t", "positive", "pos", "+"),
    *(
        "ja",
        "oui",
        "si",
        "sí",
        "sì",
        "sim",
        "da",
        "да",
        "tak",
        "ano",
        "áno",
        "igen",
        "evet",
        "kyllä",
        "jah",
        "taip",
        "jā",
    ),
    *("ναι", "так", "はい", "是", "예", "네", "نعم", "כן", "हाँ", "ใช่", "có", "ya"),
)
"""In small letters."""


def says_yes(value: str) -> bool:
    """Whether a value says so.

    >>> says_yes("Ja"), says_yes("はい"), says_yes("basic")
    (True, True, False)
    """
    return value.strip().lower() in YES
