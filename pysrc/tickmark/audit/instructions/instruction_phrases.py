"""Phrases with which texts speak to a language model, in several languages.

All are for text that was folded: NFKC, lower case, without accents and invisible letters, white
space as single blanks.
"""

from __future__ import annotations

import re
from typing import Final

from tickmark.audit.instructions.phrase import Phrase, words

LOOSELY_SET_ASIDE: Final = (
    Phrase(
        words("ignor|disregard|forget|overrid|bypass|vergiss|oubli|忽略|无视|無視"),
        re.compile(
            r"\b(?:ignore|disregard|forget|override|bypass)\b (?:all|any|every)(?: of)?(?: the"
            r"| these| other"
            r"| your)?(?: \w+)? (?:instruction|prompt|guideline|rule)s?\b"
            r"|\b(?:ignore|disregard|forget) (?:everything|all|anything)(?: that (?:was|is"
            r"|you were))?"
            r" (?:above|before|previously|said|told|written)\b|\b(?:ignore|forget"
            r"|override) your rules\b"
            r"|\b(?:ignoriere|vergiss) alle[sn]? (?:\w+ )?(?:anweisungen|regeln|vorgaben|bisherige)"
            r"|\b(?:ignore[rz]?|oublie[rz]?) toutes les (?:instructions|consignes|regles)\b"
            r"|\bignor[ae]\w* (?:todas|tutte|todas as|tutte le) (?:las )?(?:instruc\w*"
            r"|istruzioni|regl\w*|regr\w*)"
            r"|(?:忽略|无视|無視)(?:所有|全部|任何)(?:的)?(?:指令|指示|规则|規則)|(?:すべて|全て)の(?:指示|命令)を無視"
        ),
    ),
)

_MODELS: Final = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|chat ?gpt|gpt-?\d?|claude|copilot|gemini"
    r"|chatbots?|ai[ -](?:assistants?|agents?|models?|reviewers?|readers?|tools?|systems?|bots?)"
    r"|(?:automated|automatic) (?:readers?|reviewers?|assistants?|agents?)|assistants?"
    r"|ki(?:-\w+)?|kunstliche intelligenz|sprachmodell\w*|assistent\w*"
    r"|ia|intelligence artificielle|modeles? de langage|inteligencia artificial"
    r"|modelos? de (?:lenguaje|linguagem)|asistente|intelligenza artificiale"
    r"|modello linguistico|assistente)"
)

SHORT_WORDS: Final = ("ai", "a.i", "ia", "ki", "llm")
"""Words for a model that stand in many other words too."""

MODEL_WORD: Final = re.compile(r"(?<![a-z])(?:ai|a\.i|ia|ki|llms?)(?![a-z])")
"""The short words for a model as words of their own."""

MODEL_STEMS: Final = (
    *SHORT_WORDS,
    *("language model", "gpt", "claude", "copilot", "gemini", "bot", "automated", "automatic"),
    *("assistan", "assistent", "asistent", "kunstliche int", "sprachmodell", "intelligenc"),
    *("intelligenz", "modele", "modelo", "modello", "人工", "模型", "智能", "アシスタント", "言語"),
    *("チャットボット", "인공지능", "언어"),
)

_SPELLED: Final = _MODELS.replace(" ", r"\ ")

ADDRESSED: Final = (
    Phrase(
        MODEL_STEMS,
        re.compile(
            rf"""
    \b(?:note|message|memo|instructions?|attention|reminder|dear|hello|hey|warning|important
      |hinweis|nachricht|anweisung|achtung|aviso|nota|mensaje|mensagem|messaggio|consigne
      |istruzion[ei]|a\ l'attention|opmerking|bericht|liebe[rs]?)\b
      [\s,:]*(?:to|for|an|fur|pour|de|a|al|alla|all'|l'|per|para|aos?|voor|the|any|all|every|die
      |das|den|l'|le|la|el|il|lo|o|os|van|\s){{0,6}}{_SPELLED}\b
    |\bif\ you\ are\ (?:an?|the)\ (?:ai|llm|large\ language\ model|language\ model|chatbot|bot
      |assistant|automated)\b
    |\b(?:falls|wenn)\ du\ (?:eine?|ein)\ (?:ki|sprachmodell)\b
    |\bsi\ (?:tu\ es|vous\ etes|eres|usted\ es)\ (?:une?|un|una)\ (?:ia|modele|modelo|asistente)\b
    |\bse\ (?:sei|voce\ e)\ (?:un'?|uma?|una)\s?(?:ia|modello|modelo|assistente)\b
    |\b(?:as|als|en\ tant\ qu'|como|come|in\ quanto)\s?(?:an?|eine?|une?|un'|una|uma)?\s?
      (?:ai\b(?:\ (?:language\ )?model|\ assistant)?|ki\b|sprachmodell|ia\b|modele\ de\ langage
      |modelo\ de\ (?:lenguaje|linguagem)|modello\ linguistico)\W*(?=\b(?:you|i|du|ich|tu|vous|je
          |de)\b)
    |(?:^|[.!?\n]\ ?)(?:ai|llm|chatgpt|gpt-?\d|claude|copilot|gemini|ki|ia|assistant)
      \s*[:,]\ ?(?=\w)
    |(?:致|给|給|对|對|向|请|請|告诉|告訴)[^。]{{0,4}}(?:ai|人工智能|人工智慧|语言模型|語言模型|大模型|智能助手)
    |(?:ai|人工智能|人工智慧|语言模型|語言模型|大模型)(?:助手|模型|系统|系統)?[^\w\s]*(?:请|請|注意|必须|必須)
    |(?:ai|人工知能|言語モデル|チャットボット|アシスタント)(?:アシスタント|モデル)?(?:へ|に告ぐ|への(?:指示|注意|メモ))
    |(?:인공지능|언어\ ?모델|ai)\ ?(?:에게|어시스턴트)
    """,
            re.VERBOSE,
        ),
    ),
)

ROLE: Final = (
    Phrase(
        words(
            "you are|from now on|you must now|act as|behave as|respond as|pretend|your new|"
            "your real|your actual|your only|your true|new instruction|"
            "new system instruction|developer mode|maintenance mode|debug mode|admin mode|"
            "god mode|dan mode|jailbreak mode|unrestricted mode|du bist|bist du|sie sind|"
            "tu es|vous etes|ahora eres|eres ahora|ahora debes|ora sei|sei ora|"
            "d'ora in poi|adesso sei|agora|je bent|ты теперь|теперь ты|现在|現在|你的新|"
            "あなた|당신|이제"
        ),
        re.compile(
            r"""
    \byou\ are\ now\b|\bfrom\ now\ on,?\ you\b|\byou\ must\ now\b
    |\byou\ are\ (?:an?|the)\ (?:\w+\ ){0,3}(?:ai|assistant|chatbot|language\ model|llm|agent)\b
    |\b(?:act|behave|respond)\ as\ (?:if\ you|an?\ (?:\w+\ ){0,3}(?:ai|assistant|expert|model))\b
    |\bpretend\ (?:to\ be|that\ you|you)\b
    |\byour\ (?:new|real|actual|only|true)\ (?:task|role|goal|job|instruction|purpose|objective)s?\b
    |\bnew\ (?:system\ )?instructions?\s*:
    |\b(?:enter|enable|activate|switch\ to|in)\ (?:developer|maintenance|debug|admin|god|dan
      |jailbreak|unrestricted)\ mode\b
    |\bdu\ bist\ (?:jetzt|nun|ab\ sofort|ein\ ki)|\bab\ (?:jetzt|sofort)\ bist\ du\b
    |\bsie\ sind\ (?:jetzt|nun|ab\ sofort)\b
    |\b(?:tu\ es|vous\ etes)\ (?:maintenant|desormais|dorenavant)\b
    |\b(?:ahora\ eres|eres\ ahora|a\ partir\ de\ ahora\ (?:eres|debes))\b
    |\b(?:ora\ sei|sei\ ora|d'ora\ in\ poi\ (?:sei|devi)|adesso\ sei)\b
    |\b(?:agora\ voce\ e|voce\ agora\ e|a\ partir\ de\ agora,?\ voce)\b
    |\bje\ bent\ (?:nu|vanaf\ nu)\b|\bты\ теперь\b|\bтеперь\ ты\b
    |你现在是|你現在是|从现在起,?你|從現在起,?你|现在开始,?你|你的新(?:任务|任務|角色)
    |あなたは(?:今|これ)(?:から|は)?|これからあなたは|あなたの新しい(?:役割|任務)
    |당신은\ 이제|이제부터\ 당신은
    """,  # noqa: RUF001 - Russian
            re.VERBOSE,
        ),
    ),
)

PROMPT: Final = (
    Phrase(
        words(
            "prompt|system instructions|hidden instructions|initial instructions|"
            "secret instructions|system-instructions|your |systemanweisung|промпт|提示|プロンプト|"
            "프롬프트"
        ),
        re.compile(
            r"\b(?:system|hidden|initial|secret)[ -]?(?:prompts?|instructions)\b"
            r"|\b(?:reveal|repeat|print|show|output|leak|translate) (?:\w+ ){0,2}"
            r"your (?:\w+ )?(?:prompt|instructions|guidelines)\b"
            r"|\bsystemanweisung\w*|\b(?:prompt|invite) systeme\b|\bprompt d[ei]l? sistema\b"
            r"|\bprompt di sistema\b|\bprompt do sistema\b|\bsysteemprompt\b|системный промпт"
            r"|系统提示|系統提示|システムプロンプト|시스템 ?프롬프트"
        ),
    ),
)

SILENCE: Final = (
    Phrase(
        words(
            "do not|n't|never|must not|should not|may not|without| no | zero |nicht|keine|"
            "ne |no mencion|no inform|no report|no dig|no revel|no sen|no indiqu|non |nao |"
            "niet|geen|не |不要|不得|切勿|请勿|請勿|别|別|言及|報告|記載|指摘|表示|触れ|"
            "언급|보고|알리"
        ),
        re.compile(
            r"""
    \b(?:do\ not|don't|never|must\ not|should\ not|you\ may\ not|without)\ (?:ever\ )?
      (?:mention(?:ing)?|report(?:ing)?|flag(?:ging)?|reveal(?:ing)?|disclos(?:e|ing)|tell(?:ing)?
      |raise|highlight(?:ing)?|warn(?:ing)?|alert(?:ing)?|inform(?:ing)?|list|show|cite)\b
      [^.;\n]{0,60}?\b(?:this|these|it|anything|any\ (?:issue|error|finding|problem|concern)s?
      |error|errors|issue|issues|finding|findings|problem|problems|anomal\w+|the\ user|users?|reader
      |summary|summaries|answer|report|analysis|response|output)\b
    |\b(?:list|report|mention|raise|return|give|find)\ (?:no|zero)\ (?:\w+\ )?(?:remarks?|findings?
      |issues?|errors?|problems?|concerns?|warnings?|anomal\w+)\b
    |\bnicht\ (?:erwahn|meld|bericht|nenn|offenleg|auffuhr)\w*
    |\b(?:erwahn|meld|bericht|nenn|verrat)\w*\ [^.;\n]{0,40}?\bnicht\b
    |\b(?:melde|nenne|berichte)\w*\ [^.;\n]{0,20}?\bkeine\ (?:fehler|befunde|auffalligkeiten
      |hinweise)
    |\bne\ (?:mentionn|signal|rapport|parl|revel|indiqu)\w*[^.;\n]{0,20}?\b(?:pas|rien|aucun\w*
      |jamais)
    |\bne\ (?:pas|jamais)\ (?:mentionn|signal|rapport|parl|revel|indiqu)\w*
    |\bno\ (?:mencion|inform|report|dig|revel|señal|senal|indiqu)\w*
    |\bnon\ (?:menzion|segnal|riport|cit|rivel|parl)\w*
    |\bnao\ (?:mencion|relat|inform|cit|revel|report|dig|apont)\w*
    |\b(?:vermeld|meld|noem)\ [^.;\n]{0,20}?\b(?:niet|geen)\b|\bне\ (?:упоминай|сообщай|говори)\w*
    |(?:不要|不得|切勿|请勿|請勿|别|別)(?:提及|提到|报告|報告|透露|告诉|告訴|指出|列出|提示)
    |(?:言及|報告|記載|指摘|表示)(?:は)?(?:し)?ない(?:で|こと)|触れない(?:で|こと)|(?:言及|報告|指摘)(?:せず|禁止)
    |(?:언급|보고|알리)(?:하)?지\ ?(?:마|말)
    """,  # noqa: RUF001 - Russian
            re.VERBOSE,
        ),
    ),
)

VERDICT: Final = (
    Phrase(
        words(
            "report|say|state|conclud|confirm|answer|repl|respon|claim|tell|output|return|"
            "print|rate |score |rank |classif|mark |grade |meld|bericht|sag|antwort|"
            "bestatig|indiqu|signal|repond|dis |dites|inform|di |diga|rispond|riport|di'|"
            "conferm|segnal|报告|報告|回答|回复|回覆|输出|輸出|出力|说明|告诉|告訴|문제|오류"
        ),
        re.compile(
            r"""
    \b(?:report|say|state|conclude|confirm|answer|reply|respond|claim|tell\ (?:the\ user|them
      |everyone))
      \b[^.;\n]{0,50}?\b(?:everything|all|this\ \w+|it|the\ \w+)\b[^.;\n]{0,20}?\b(?:is|are
        |looks?)[ ]
      (?:\w+\ )?(?:fine|ok|okay|good|correct|complete|approved|accurate|clean|valid|in\ order)\b
    |\b(?:report|say|state|conclude|confirm|claim)\b[^.;\n]{0,40}?\b(?:there\ (?:is|are)\ no|no)[ ]
      (?:\w+\ )?(?:errors?|issues?|findings?|problems?|concerns?|irregularit\w+|discrepanc\w+)\b
    |\b(?:answer|respond\ to|reply\ to)\ (?:every|all|any|each)\ (?:\w+\ )?(?:questions?|requests?
      |quer(?:y|ies)|prompts?)\b
    |\b(?:answer|respond|reply|output|return|print|say)\ (?:\w+\ )?(?:only|exactly|nothing\ but
      |exclusively)\b
    |\b(?:rate|score|rank|classify|mark|grade)\ [^.;\n]{0,60}?\b(?:10\ ?(?:/|out\ of)\ ?10|100\ ?%
      |5\ ?(?:/|out\ of)\ ?5|as\ (?:excellent|perfect|low\ risk|approved|safe|compliant))
    |\b(?:meld|bericht|sag|antwort|bestatig)\w*[^.;\n]{0,30}?\b(?:dass\ )?alles\b[^.;\n]{0,20}?
      \b(?:ordnung|gut|korrekt|richtig|stimmt)\b
    |\bantwort\w*\ (?:immer|nur|ausschliesslich|auf\ (?:jede|alle))\b
    |\b(?:indique|signale|reponds|repondez|dis|dites|confirme)\w*[^.;\n]{0,30}?\btout\ (?:est|va)\b
    |\brepond(?:s|ez)\ (?:toujours|uniquement|seulement|a\ toutes)\b
    |\b(?:respond[ae]|inform[ae]|di|diga|confirm[ae]|report[ae])\b[^.;\n]{0,30}?\bque\ (?:todo
      |tudo)\b
    |\brespond[ae]\ (?:siempre|solo|unicamente|sempre|apenas|somente)\b
    |\b(?:rispond[ia]|riport[ai]|di'|conferm[ai]|segnal[ai])[^.;\n]{0,30}?\bche\ (?:e\ )?tutto\b
    |\brispond[ia]\ (?:sempre|solo|soltanto)\b
    |(?:报告|報告|回答|回复|回覆|输出|輸出|说明|告诉|告訴)[^。\n]{0,12}(?:一切正常|没有问题|沒有問題|没有错误|沒有錯誤|全部正确)
    |(?:只|仅|僅)(?:回答|回复|回覆|输出|輸出)
    |(?:問題|異常|エラー|誤り)(?:は|が)?(?:ない|ありません|無い|なし)と(?:だけ)?(?:報告|回答|答え|出力)|とだけ(?:回答|答え|出力)
    |(?:문제|오류)가?\ ?없다고\ (?:보고|답)
    """,
            re.VERBOSE,
        ),
    ),
)

SECRECY: Final = (
    Phrase(
        words(
            "without |do not |user must not|user should not|keep this|keep these|ohne d|"
            "sans |sin avisar|sin decir|senza |sem avisar|sem contar|不要告|ユーザー"
        ),
        re.compile(
            r"\b(?:without (?:telling|informing|notifying|alerting) (?:the )?(?:user|reader"
            r"|owner|auditor)s?"
            r"|do not (?:tell|inform|alert|notify) the user|the user (?:must"
            r"|should) not (?:know|see|notice)"
            r"|keep (?:this|these instructions) (?:secret|hidden|confidential) from)\b"
            r"|\bohne (?:den|dem|die) (?:benutzer|nutzer|anwender)\w*\b"
            r"|\bsans (?:le dire|prevenir|en informer)\b|\bsin (?:avisar|decir)\w* al usuario\b"
            r"|\bsenza (?:dirlo|avvisare)\b|\bsem (?:avisar|contar) ao usuario\b"
            r"|不要告诉用户|不要告訴使用者|ユーザーに(?:知らせ|伝え)"
        ),
    ),
)

SENDING: Final = (
    Phrase(
        words("http|ftp://|www."),
        re.compile(
            r"\b(?:send|post|upload|forward|transmit|exfiltrate|leak|append|encode|submit"
            r"|senden?|schicke\w*"
            r"|ubermittle\w*|envoie|envoyez|envia|envie|invia|inviare|manda)\b[^;\n]{0,80}?"
            r"(?:contents?|data|cells?|values?|sheets?|workbook|figures|conversation|history"
            r"|passwords?|keys?"
            r"|inhalt\w*|daten|donnees|contenu|datos|contenido|dati|contenuto|dados|conteudo)\b"
            r"[^;\n]{0,60}?(?:https?://|ftp://|www\.)"
            r"|(?:发送|發送|上传|上傳|送信)[^。\n]{0,40}https?://|https?://\S+\s?(?:に|へ)(?:送信|送って)"
        ),
    ),
)

TOOL: Final = (
    Phrase(
        words("function|tool"),
        re.compile(
            r"\b(?:call|invoke|execute|run|use) (?:the )?[`'\"]?[a-z_][\w.]* (?:function|tool)\b"
            r"|\b(?:tool_calls?|function_calls?|tool_use|tool_result)\b"
            r"|[\"'](?:tool|function|tool_name|arguments)[\"']\s*:"
        ),
    ),
)

FORMULA_WANTED: Final = (
    Phrase(
        words("image|webservice|hyperlink|importxml|importdata|importhtml|importrange|rtd"),
        re.compile(
            r"\b(?:insert|write|enter|add|put|place|create|use|schreibe|fuge|insere[rz]?"
            r"|inserta|inserisci"
            r"|insira)\b[^;\n]{0,60}?=?\s*\b(?:image|webservice|hyperlink|importxml|importdata"
            r"|importhtml"
            r"|importrange|rtd)\s*\("
        ),
    ),
)

PICTURE: Final = (
    Phrase(
        words("]("),
        re.compile(r"!\[[^\]\n]{0,200}\]\(\s*https?://[^)\s]{4,}\)"),
    ),
)

TAGS: Final = (
    Phrase(
        (
            "<|",
            *words(
                "[inst]|[/inst]|<<sys|<</sys|</sys|<function_call|</function_call|<tool_call"
                "|</tool_call|system_prompt>|system-reminder>|begin system|begin new|end of"
            ),
        ),
        re.compile(
            r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id"
            r"|end_header_id)\|>"
            r"|\[/?inst\]|<</?sys>>|</?(?:function_calls?|tool_calls?|system_prompt"
            r"|system-reminder)>"
            r"|\bbegin (?:system|new) (?:prompt|instructions)\b|\bend of (?:system )?prompt\b"
        ),
    ),
)

ROLE_TAGS: Final = (
    Phrase(
        words(
            "system>|assistant>|instruction>|instructions>|human>|##|system:|system :|"
            "assistant:|assistant :|[system|[assistant"
        ),
        re.compile(
            r"</?(?:system|assistant|instructions?|human)>"
            r"|#{2,}\s*(?:system|instructions?|assistant|human|new task|override)\b"
            r"|(?:^|\n)\s*(?:system|assistant)\s*:(?=\s*\S+\s\S)"
            r"|\[(?:system|assistant)(?: message| prompt)?\]"
        ),
    ),
)

QUOTING: Final = re.compile(
    r"\b(?:prompt[ -]injections?|injection attacks?|jailbreak\w*|attacks?|attackers?|adversar\w+"
    r"|malicious|red[ -]team\w*|owasp|mitigat\w+|detect\w*|vulnerab\w+|for example|e\.g\.|z\. ?b\."
    r"|beispiel\w*|par exemple|por ejemplo|ad esempio|por exemplo|threats?|risks?)"
)
"""Words of texts that talk about such phrases instead of using them."""
