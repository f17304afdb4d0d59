"""The token estimate: never zero, near the count of known texts, higher for newer families."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.llm.model import Prompt
from tickmark.llm.tokens import FENCE_TOKENS, estimate_tokens, prompt_tokens, token_bound

PROSE = "The revenue of the third quarter grew by twelve per cent against the year before. "
CELLS = "B5: Revenue | C5: 120.5 | D5: =C5*(1+$B$2) -> 132.55\n"


@given(st.text(st.characters(), min_size=1))
def test_no_text_is_free(text: str) -> None:
    assert estimate_tokens(text) >= 1
    assert token_bound(text) >= 1


def test_an_empty_text_is_free() -> None:
    assert estimate_tokens("") == 0
    assert token_bound("") == 0


# Region, sales, cost, profit, north, south, total; and what the sheet made of them costs with the
# last published tokenizer of the older families.
SHEETS = {
    "English": ("Region|Revenue|Cost of sales|Gross profit|North|South|Total assets", 111),
    "German": ("Region|Umsatzerlöse|Materialaufwand|Rohertrag|Nord|Süd|Bilanzsumme", 141),
    "French": (
        "Région|Chiffre d'affaires|Coût des ventes|Marge brute|Nord|Sud|Total de l'actif",
        146,
    ),
    "Polish": (
        "Region|Przychody|Koszt własny sprzedaży|Zysk brutto|Północ|Południe|Suma bilansowa",
        155,
    ),
    "Turkish": (
        "Bölge|Gelirler|Ürün maliyeti|Brüt kâr|Kuzey|Güney|Toplam değerler",
        148,
    ),
    "Vietnamese": (
        "Khu vực|Doanh thu|Giá vốn hàng bán|Lợi nhuận gộp|Miền Bắc|Miền Nam|Tổng tài sản",
        198,
    ),
    "Russian": (
        "Регион|Выручка|Себестоимость продаж|Валовая прибыль|Север|Юг|Итого активы",
        164,
    ),
    "Greek": (
        "Περιφέρεια|Έσοδα|Κόστος πωλήσεων|Μικτό κέρδος|Βορράς|Νότος|Σύνολο ενεργητικού",
        266,
    ),
    "Arabic": (
        "المنطقة|الإيرادات|تكلفة المبيعات|إجمالي الربح|الشمال|الجنوب|إجمالي الأصول",
        205,
    ),
    "Hebrew": ("אזור|הכנסות|עלות המכר|רווח גולמי|צפון|דרום|סך הנכסים", 176),
    "Hindi": ("क्षेत्र|राजस्व|बिक्री की लागत|सकल लाभ|उत्तर|दक्षिण|कुल संपत्ति", 215),
    "Thai": ("ภูมิภาค|รายได้|ต้นทุนขาย|กำไรขั้นต้น|เหนือ|ใต้|สินทรัพย์รวม", 273),
    "Chinese": ("地区|营业收入|营业成本|毛利润|华北|华南|资产总计", 144),
    "Chinese, traditional": ("地區|營業收入|營業成本|毛利|北部|南部|資產總計", 156),
    "Japanese": ("地域|売上高|売上原価|売上総利益|北日本|南日本|資産合計", 153),
    "Korean": ("지역|매출액|매출원가|매출총이익|북부|남부|자산총계", 166),
}


def encoded(words: str) -> str:
    """A small sheet as it is sent, its labels in one language."""
    region, sales, cost, profit, north, south, total = words.split("|")
    return "\n".join(
        [
            f"# {sales}|A1:D40",
            f"A1|{region}|{sales}|{cost}|{profit}",
            f"A2:A40|{north}*19|{south}*20",
            "B2:C40|<num ~-120..98765.4 sum 123456.78>|1520.5|99|-3",
            "D2:D40|=B2-C2 -> <num ~0..5400>",
            f"A42|{total}",
            f"{profit}, {cost}, {sales}, {region}, {total}",
        ]
    )


@pytest.mark.parametrize("language", SHEETS)
def test_the_estimate_of_a_sheet_of_any_script_is_near_the_count(language: str) -> None:
    words, counted = SHEETS[language]
    text = encoded(words)

    assert 0.85 <= estimate_tokens(text, "claude-opus-4-5") / counted <= 1.25
    assert token_bound(text, "claude-opus-4-5") > counted


@pytest.mark.parametrize("model", ["claude-opus-4-5", "claude-sonnet-5-5"])
def test_a_sheet_of_another_script_is_estimated_at_little_more_than_an_english_one(
    model: str,
) -> None:
    costs = {name: estimate_tokens(encoded(words), model) for name, (words, _) in SHEETS.items()}

    assert max(costs.values()) < 2.5 * costs["English"]
    for name in ("Chinese", "Chinese, traditional", "Japanese", "Korean"):
        assert costs[name] < 1.5 * costs["English"]


# Counts of the same tokenizer.
@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Выручка компании за третий квартал выросла на двенадцать процентов. ", 35),
        (PROSE, 16),
        (CELLS, 30),
        ("B5,C7:C9,AA120:AB131,D4:D900 except D17,F22,H3:XFD90|0", 35),
        (
            "D4:D9|=IF(ISERROR(VLOOKUP(B4,Data!$A$2:$F$90,3,FALSE)),0,SUMIFS(C$4:C$90,$A$4:$A$90,$A4))",
            59,
        ),
    ],
)
def test_the_estimate_for_an_older_family_is_near_the_count(text: str, counted: int) -> None:
    assert estimate_tokens(text * 20, "claude-opus-4-5") == pytest.approx(20 * counted, rel=0.1)


@pytest.mark.parametrize(
    "text",
    [
        "公司第三季度收入同比增长百分之十二但由于原材料和物流成本上涨",
        "ＡＢＣ１２３（株）",  # noqa: RUF001 - is what is tested
        "🚀📈🏦",
        "𠮷𠀋",
        "ገቢ የሽያጭ ወጪ",
        "შემოსავალი",
        "Հասույթ",
        "\ue001\uf0a7",
        "½ € ° “x” ■ ≥",
    ],
)
def test_no_script_counts_for_less_than_half_a_token_a_character(text: str) -> None:
    assert estimate_tokens(text * 20, "claude-opus-4-5") >= 10 * len(text.replace(" ", ""))


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("claude-3-5-sonnet-20241022", 17),
        ("claude-sonnet-4-20250514", 17),
        ("claude-opus-4-6", 17),
        ("llama3.3", 17),
        ("claude-opus-4-7", 24),
        ("claude-sonnet-5-5", 24),
        ("claude-mythos-preview", 24),
        ("", 24),
    ],
)
def test_prose_costs_more_in_the_newer_families(model: str, tokens: int) -> None:
    assert estimate_tokens(PROSE, model) == tokens


@given(st.text("aZ9. {(\n\téạ中", max_size=6), st.text("b8,}\n ề", max_size=6), st.booleans())
def test_a_prompt_costs_what_its_texts_and_schema_cost_as_one(
    data: str, user: str, formed: bool
) -> None:
    schema = {"type": "object", "title": data} if formed else None
    prompt = Prompt("claude-sonnet-5-5", "s", user, data=data, schema=schema)
    whole = "\n".join(filter(None, ("s", data, user))) + (json.dumps(schema) if formed else "")

    for _ in range(2):
        assert prompt_tokens(prompt) - FENCE_TOKENS * bool(data) == estimate_tokens(
            whole, "claude-sonnet-5-5"
        )


@given(st.text())
def test_the_bound_of_a_text_is_the_same_when_it_is_known(text: str) -> None:
    again = "".join(list(text))

    assert token_bound(text) == token_bound(again)
    assert token_bound(text, "llama3.3") <= token_bound(text)


@given(st.text())
def test_the_bound_is_never_below_the_estimate_unless_the_bytes_are(text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))

    assert min(size, estimate_tokens(text)) <= token_bound(text) <= size


def test_a_lone_surrogate_is_counted() -> None:
    assert estimate_tokens("\ud800") >= 1


def test_a_prompt_costs_its_texts_its_fence_and_its_schema() -> None:
    plain = Prompt("claude-sonnet-5-5", "s", "u")
    fenced = Prompt("claude-sonnet-5-5", "s", "u", data="A1: 7")
    formed = Prompt("claude-sonnet-5-5", "s", "u", schema={"type": "object"})

    assert prompt_tokens(plain) == estimate_tokens("s\nu", "claude-sonnet-5-5")
    assert prompt_tokens(fenced) - prompt_tokens(plain) > FENCE_TOKENS
    assert prompt_tokens(formed) > prompt_tokens(plain)
    assert prompt_tokens(fenced, lambda text, _: len(text)) == len("s\nA1: 7\nu") + FENCE_TOKENS
