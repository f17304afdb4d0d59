"""What labels say of checks: that a line is one, and which totals must agree."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import Final


class Says(IntEnum):
    """How clearly a label calls a line a check: not at all, perhaps, or by its name."""

    NOTHING = 0
    ORDINARY = 1
    """That it is something else, such as the variance to a budget."""
    DIFFERENCE = 2
    CHECK = 3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CHECK: Final = _words(
    """
    check checks checksum crosscheck cross-check crossfoot crossfoots cross-foot balanced
    tie-out tieout kontrolle kontrollsumme prüfung prüfsumme probe abstimmung contrôle vérification
    comprobación verificación cuadre controllo verifica quadratura controle conferência verificação
    kontrola sprawdzenie kontroll kontrol tarkistus avstämning проверка сверка kontrolü ellenőrzés
    検算 チェック 检查 校验 核对 檢查 검증 점검
    """
)
_CHECK_PHRASES: Final = (
    "out of balance",
    "in balance",
    "does not balance",
    "should be zero",
    "should be 0",
    "must be zero",
    "must be 0",
    "should equal",
    "must equal",
    "tie out",
    "ties to",
    "cross foot",
    "cross check",
    "control total",
    "balance check",
    "muss null sein",
    "doit être nul",
)
_DIFFERENCE: Final = _words(
    """
    difference differences diff diffs discrepancy discrepancies error errors unreconciled
    unexplained imbalance mismatch control controls reconciliation reconciled proof rounding
    abweichung differenz differenzen différence différences écart diferencia diferencias descuadre
    differenza differenze scarto verschil verschillen diferença różnica rozdíl skillnad differanse
    forskel ero eltérés fark разница расхождение 差异 差額 差异额 差 차이
    """
)
_ORDINARY: Final = _words(
    """
    budget budgeted plan planned actual actuals forecast target prior previous last year years month
    quarter yoy mom change changes growth increase decrease percent pct versus vs over under
    favourable favorable unfavourable unfavorable adverse variance statistical statistische exchange
    currency fx foreign rate temporary timing permanent tax price volume standard deviation margin
    spread interest age temperature cheque payee deposit payroll register internal quality access
    """
)
_NO_CHECKS: Final = _words(
    "no number nr # amount date payment payments deposit register account accounts cleared "
    "payable issued box boxes list in out"
)


@lru_cache(maxsize=4_096)
def says(label: str) -> Says:
    """What a label says of its line; whole words only, in a dozen languages."""
    text = folded(label)
    words = text.split()
    found = set(words)
    if any(f" {phrase} " in f" {text} " for phrase in _CHECK_PHRASES):
        return Says.CHECK
    if found & _CHECK and not (found & {"check", "checks"} and found & _NO_CHECKS):
        return Says.CHECK
    if found & _ORDINARY or "%" in label:
        return Says.ORDINARY
    return Says.DIFFERENCE if found & _DIFFERENCE else Says.NOTHING


@lru_cache(maxsize=4_096)
def folded(label: str) -> str:
    """A label in lower case without notes in brackets and signs; `&` and `+` are `and`."""
    text = unicodedata.normalize("NFKC", label[:200]).casefold().replace("\u2019", "'")
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", text)
    text = re.sub(r"[&+]", " and ", text)
    text = re.sub(r"[^\w%#\-']|_", " ", text)
    return " ".join(word.strip("-'") for word in text.split()).strip()


_GOOD: Final = _words(
    """
    ok okay pass passed passes true yes balanced balances correct agreed agrees reconciled match
    matches matched tied ties fine good valid none ✓ ✔ √ richtig stimmt wahr vrai juste oui correcto
    verdadero sí corretto vero waar goed sim certo
    """
)
_BAD: Final = _words(
    """
    error errors fail failed fails false no check mismatch wrong incorrect unbalanced difference
    problem issue warning invalid broken off review ✗ ✘ fehler falsch faux erreur non falso errore
    erro onwaar fout błąd ошибка
    """
)
_BAD_PHRASES: Final = (
    "not ok",
    "out of balance",
    "does not",
    "do not",
    "doesn't",
    "not balanced",
    "not equal",
    "not match",
    "not tie",
    "stimmt nicht",
)


@lru_cache(maxsize=1_024)
def verdict(text: str) -> bool | None:
    """Whether the result of a check says that it holds; None for a text that is no verdict."""
    plain = folded(text)
    if any(f" {phrase} " in f" {plain} " for phrase in _BAD_PHRASES):
        return False
    if not plain:
        mark = text.strip()
        return True if mark in {"✓", "✔", "√"} else False if mark in {"✗", "✘"} else None
    first = plain.split()
    if len(first) > 4:  # noqa: PLR2004 - a verdict is short
        return None
    if set(first) & _BAD:
        return False
    return True if set(first) & _GOOD else None


_ASSETS: Final = re.compile(
    r"(?:grand )?total assets(?: and (?:other debits|deferred outflows(?: of resources)?))?"
    r"|summe (?:der )?(?:aktiva|vermögenswerte)|aktiva gesamt|summe aktivseite"
    r"|total (?:de l )?actif|total (?:del )?activos?|totale (?:dell )?attiv(?:o|ità)"
    r"|totaa?l activa|total (?:do )?ativo|aktywa razem|suma aktywów|summa tillgångar|sum eiendeler"
    r"|资产总计|资产合计|資産合計|資産の部合計|자산총계"
)
_LIABILITIES: Final = (
    r"(?:total )?liabilities(?: and)?(?: (?:deferred inflows(?: of resources)?|other credits"
    r"|minority interests?|non-controlling interests?|reserves?|partners|members|owners?"
    r"|shareholders?|stockholders?|and|total|fund))*"
)
_EQUITY: Final = (
    r"(?:equity|net assets|net worth|net position|capital|fund balances?|fund equity|funds"
    r"|deficit|surplus|reserves)"
)
_CLAIMS: Final = re.compile(
    rf"{_LIABILITIES} {_EQUITY}(?: and (?:reserves|surplus|deficit))?"
    r"|total (?:shareholders |stockholders |owners )?equity and liabilities"
    r"|total (?:equity|capital|capital and reserves|funds) and liabilities"
    r"|summe (?:der )?passiva|passiva gesamt|summe passivseite|summe eigenkapital und schulden"
    r"|total (?:du )?passif(?: et (?:des )?capitaux propres)?"
    r"|total (?:del )?pasivo(?:s)? (?:y|e|and) (?:patrimonio|capital)(?: neto| contable)?"
    r"|total patrimonio neto y pasivo|totale (?:del )?passivo(?: e patrimonio netto)?"
    r"|totale passività e patrimonio netto|totaa?l passiva"
    r"|total (?:do )?passivo e (?:do )?patrimônio líquido|pasywa razem|suma pasywów"
    r"|summa eget kapital och skulder|sum egenkapital og gjeld"
    r"|负债和所有者权益总计|负债及所有者权益合计|負債純資産合計|負債及び純資産合計|부채와자본총계"
)
_OPENING: Final = re.compile(
    r"(?:opening|beginning|starting|initial)(?: of (?:period|year|month))?"
    r"(?: [\w'-]+){0,4}|(?:[\w'-]+ ){0,4}(?:opening|beginning)(?: balances?)?"
    r"|(?:[\w'-]+ ){0,5}(?:at|as of) (?:the )?(?:beginning|start) of (?:the )?\w+"
    r"|(?:[\w'-]+ ){0,3}(?:balance )?(?:brought forward|b f|bop)"
    r"|(?:[\w'-]+ ){0,2}anfangsbestand|eröffnungssaldo|saldo inicial|solde (?:initial|douverture)"
    r"|saldo iniziale|beginsaldo|saldo początkowe|期首残高|期初余额"
)
_CLOSING: Final = re.compile(
    r"(?:closing|ending|final)(?: of (?:period|year|month))?(?: [\w'-]+){0,4}"
    r"|(?:[\w'-]+ ){0,4}(?:closing|ending)(?: balances?)?"
    r"|(?:[\w'-]+ ){0,5}(?:at|as of) (?:the )?end of (?:the )?\w+"
    r"|(?:[\w'-]+ ){0,3}(?:balance )?(?:carried forward|c f|eop)"
    r"|(?:[\w'-]+ ){0,2}endbestand|schlusssaldo|saldo final|solde (?:final|de clôture)"
    r"|saldo finale|eindsaldo|saldo końcowe|期末残高|期末余额"
)
_CASH: Final = re.compile(
    r"(?:total )?cash(?: and (?:cash )?equivalents)?|(?:total )?cash and bank(?: balances)?"
    r"|cash (?:at bank|in bank|balance)|bank(?: and cash)?|(?:cash|bank) balances?"
    r"|kasse|kassenbestand|liquide mittel|flüssige mittel|trésorerie|disponibilités|caja|efectivo"
    r"|cassa|disponibilità liquide|liquide middelen|caixa|现金|現金|現金及び預金"
)
_CASH_WORDS: Final = _words("cash bank liquide trésorerie caja efectivo cassa caixa 现金 現金")


_LONGEST: Final = 100
_LIKELY: Final = re.compile(
    "asset|aktiv|acti|attiv|ativo|aktyw|tillgång|eiendel|liabil|equity|pass|pasiv|pasyw|"
    "kapital|open|begin|start|initial|clos|end|final|cash|bank|kass|mittel|caja|efectivo|"
    "caixa|tréso|dispon|brought|carried|forward|b/f|c/f|bop|eop|sald|sold|资|資|자|负|負|부|期|现|現"
)


def may_name_total(text: str) -> bool:
    """Whether a text might name one of the totals; quick, for all texts of a sheet."""
    # An expression that has no case is several times as fast as one that ignores it.
    return len(text) <= _LONGEST and _LIKELY.search(text.casefold()) is not None


class Total(IntEnum):
    """Which of the totals that must agree with another a label names."""

    NONE = 0
    ASSETS = 1
    CLAIMS = 2
    """Liabilities and equity together."""
    OPENING = 3
    CLOSING = 4
    CASH = 5
    """Cash as an item of the balance sheet."""


@lru_cache(maxsize=8_192)
def total_named(label: str) -> Total:
    """Which total a label names; the whole label has to."""
    text = folded(label).replace("'", "")
    for total, form in (
        (Total.ASSETS, _ASSETS),
        (Total.CLAIMS, _CLAIMS),
        (Total.OPENING, _OPENING),
        (Total.CLOSING, _CLOSING),
        (Total.CASH, _CASH),
    ):
        if form.fullmatch(text):
            return total
    return Total.NONE


def names_cash(label: str) -> bool:
    """Whether a label speaks of cash."""
    return bool(set(folded(label).split()) & _CASH_WORDS)


@lru_cache(maxsize=4_096)
def rest_of(label: str) -> frozenset[str]:
    """What a label of an opening or closing balance says beside that, to pair the two."""
    return frozenset(folded(label).replace("'", "").split()) - _WHEN


_WHEN: Final = _words(
    """
    opening closing beginning ending end start starting initial final at as of the period year
    month quarter week day brought carried forward b c f bop eop balance balances anfangsbestand
    endbestand eröffnungssaldo schlusssaldo saldo inicial iniziale finale solde douverture de
    clôture beginsaldo eindsaldo początkowe końcowe 期首残高 期末残高 期初余额 期末余额
    """
)
