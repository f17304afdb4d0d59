"""How eleven languages say to ignore earlier instructions, for folded text."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tickmark.audit.instructions.phrase import Phrase, words


class Order(NamedTuple):
    """How a language says "ignore the previous instructions": three kinds of words.

    `verbs` set aside, `earlier` tells which, `orders` what. The last two stand beside each other,
    in any order, and the verb near them, before or behind. Without one of `stems` there is no verb.
    """

    stems: tuple[str, ...]
    verbs: str
    earlier: str
    orders: str


_BETWEEN: Final = r"[^.:;!?\u3002\uff01\uff1f\uff1b\uff1a\n]"

_ORDERS: Final = (
    Order(
        words(
            "ignor|disregard|forget|overrid|overrul|bypass|discard|neglect|not follow|"
            "n't follow|stop follow"
        ),
        r"\b(?:ignore|disregard|forget|override|overrule|bypass|discard|neglect|do not follow"
        r"|don't follow|stop following)\b",
        r"\b(?:previous|prior|above|earlier|preceding|foregoing|past|existing|original|initial"
        r"|former|your|system|safety)\b",
        r"\b(?:(?:instruction|prompt|guideline|directive|guardrail)s?|programming)\b",
    ),
    Order(
        words("ignor|missacht|vergiss|vergess|ubergeh"),
        r"\b(?:ignorier\w*|missacht\w*|vergiss|vergesst|vergessen sie|ubergeh\w*)\b",
        r"\b(?:vorherig|bisherig|obig|fruher|vorangegangen|vorig|ursprunglich|dein|eur)\w*",
        r"\b(?:anweisung|instruktion|befehl|vorgabe|regel|weisung|anordnung|prompt|richtlinie)\w*",
    ),
    Order(
        words("ignor|oubli|compte|outrepass"),
        r"\b(?:ignore[rz]?|oublie[rz]?|ne tiens pas compte|ne tenez pas compte|outrepasse[rz]?)\b",
        r"\b(?:precedent|anterieur|ci-dessus|initial|d'origine|tes |vos )\w*",
        r"\b(?:instruction|consigne|directive|regle)s?\b",
    ),
    Order(
        words("ignor|olvid|descart|caso omiso|no sig"),
        r"\b(?:ignor[ae]\w*|olvid[ae]\w*|descart[ae]\w*|haz caso omiso|haga caso omiso"
        r"|no (?:sigas|siga))\b",
        r"\b(?:anterior|previ[ao]|de arriba|precedente|original|tus\b)\w*",
        r"\b(?:instruccion|indicacion|regla|directriz|directric)(?:es|s)?\b",
    ),
    Order(
        words("ignor|dimentic|trascur|non seguire|non considerare"),
        r"\b(?:ignor[aio]\w*|dimentic\w*|trascur\w*|non (?:seguire|considerare))\b",
        r"\b(?:precedent|anterior|di cui sopra|original|tue\b|inizial)\w*",
        r"\b(?:istruzion|indicazion|regol|direttiv)[aeio]\b",
    ),
    Order(
        words("ignor|esquec|desconsider|nao sig"),
        r"\b(?:ignor[ae]\w*|esquec[ae]\w*|desconsider[ae]\w*|nao sig[ao]\w*)\b",
        r"\b(?:anterior|previ[ao]|acima|original|originai|suas\b)\w*",
        r"\b(?:instruc[ao]\w*|regra|orientac[ao]\w*|diretriz|comando)(?:es|s)?\b",
    ),
    Order(
        words("negeer|vergeet|sla over"),
        r"\b(?:negeer|vergeet|sla over)\b",
        r"\b(?:vorige|eerdere|bovenstaande|voorgaande|je|uw)\b",
        r"\b(?:instructie|opdracht|regel|richtlijn|aanwijzing)(?:en|s)?\b",
    ),
    Order(
        words("игнор|забудь|не след"),
        r"(?:игнорир|проигнорир|забудь|не следуй)\w*",
        r"(?:предыдущ|прежн|вышеуказан|ранее)\w*",
        r"(?:инструкци|указани|команд|правил)\w*",
    ),
    Order(
        words("忽略|无视|無視|忘记|忘記|忽视|忽視|不要"),
        r"(?:忽略|无视|無視|忘记|忘記|忽视|忽視|不要理会|不要理會|不要遵守|不要遵循)",
        r"(?:之前|以前|以上|上述|上面|先前|前面|此前|原有|所有)的?(?:所有|全部|任何)?的?",
        r"(?:指令|指示|提示词?|提示詞?|命令|规则|規則)",
    ),
    Order(
        words("無視|忘れ|破棄|従わ"),
        r"(?:無視|忘れ|破棄|従わ)",
        r"(?:これまで|今まで|以前|上記|前|先|過去)の?(?:すべて|全て|全部)?の?",
        r"(?:指示|命令|プロンプト|ルール|規則|インストラクション)",
    ),
    Order(
        words("무시|잊어|따르지"),
        r"(?:무시|잊어|따르지)",
        r"(?:이전|앞선|위의|기존)\s?(?:의\s)?(?:모든\s)?",
        r"(?:지시|명령|지침|프롬프트|규칙)",
    ),
)


def _set_aside(one: Order) -> re.Pattern[str]:
    near = rf"{_BETWEEN}{{0,24}}?"
    phrase = rf"(?:(?:{one.earlier}){near}(?:{one.orders})|(?:{one.orders}){near}(?:{one.earlier}))"
    far = rf"{_BETWEEN}{{0,30}}?"
    return re.compile(rf"(?:{one.verbs}){far}{phrase}|{phrase}{far}(?:{one.verbs})")


SET_ASIDE: Final = tuple(Phrase(one.stems, _set_aside(one)) for one in _ORDERS)
