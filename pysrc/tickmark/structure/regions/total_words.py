"""Words that call a row or a column a total, or anything like it, in many languages."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOTAL: Final = _words(
    """
    total totals tot sum sums subtotal subtotals subtot grandtotal aggregate summe summen gesamt
    gesamtsumme gesamtergebnis endsumme zwischensumme teilsumme insgesamt teilergebnis ergebnis
    zusammen totaux somme ensemble cumul totale totali totaal totalen subtotaal som somma suma
    sumas totales soma totais subtotais razem ogółem łącznie podsumowanie celkem součet spolu
    összesen összeg σύνολο toplam genel jumlah summa totalt yhteensä sammanlagt итого всего итог
    сумма подытог разом усього 合计 总计 小计 共计 合計 總計 小計 共計 総計 計 総合計
    합계 총계 소계
    计
    المجموع الإجمالي मोट कुल รวม
    """
)
"""Calls a sum."""
FIGURE: Final = _words(
    """
    average averages avg mean median mittelwert durchschnitt mittel moyenne média media promedio
    gemiddelde gemiddeld średnia medelvärde medel gennemsnit keskiarvo среднее средний 平均 平均值
    minimum maximum minimums maximums min max medians count stdev sd stddev stdv std
    """
)
"""Calls a mean, a count or an extreme."""
BESIDE: Final = _words(
    """
    grand sub overall annual yearly quarterly monthly weekly daily row column page report
    general ytd year month week quarter day all the for and & in on to net gross year-to-date fy
    cy q1 q2 q3 q4 h1 h2 combined final group section item items each standard deviation dev
    arithmetic weighted simple sample national state statewide nationwide wide global world country
    countries eu général
    générale generale generales algemeen eind tussen der die das de du des la le les del di do
    da van för jan feb mar apr may jun jul aug sep oct nov dec january february march april june
    july august september october november december usd eur gbp $ € £ № no
    """
)
"""Says nothing more beside one of those."""
CUMULATIVE: Final = _words(
    """
    running cumulative cumul. accumulated kumuliert kumulierte cumulé cumulée cumulato acumulado
    per pro par por by 累计 nakopené нарастающим
    """
)
"""Calls a running sum, or a quantity in relation to another."""
NET: Final = _words(
    """
    net profit profits margin ebit ebitda ebita ebt ebtda nopat surplus deficit shortfall
    balance closing ending remaining excess deficiency result saldo gewinn rohertrag überschuss
    fehlbetrag jahresüberschuss jahresergebnis bénéfice résultat solde marge utile perdita
    resultado beneficio winst resultaat lucro прибыль убыток остаток 利润 净利润 毛利 利益 純利益
    """
)
"""Calls what is left of something."""
APART: Final = _words(
    """
    difference differences diff variance variances change changes delta check checks growth gap
    discrepancy deviation increase decrease ratio share percent percentage abweichung differenz
    veränderung prüfung écart variation différence contrôle differenza scostamento diferencia
    variación verschil afwijking rozdíl różnica разница отклонение проверка 差异 差額 差额 增减
    reconciliation rounding
    """
)
"""Calls a difference, a change, a share or a check."""
JOINED: Final = tuple(_words("合计 总计 小计 共计 合計 總計 小計 共計 総計 합계 총계 소계"))
"""Begin or end a text in scripts without blanks between words."""
