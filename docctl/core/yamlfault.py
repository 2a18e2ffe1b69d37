"""What libyaml says of a text that is no YAML, in the reader's language. Must not know libyaml, nor where in the text it was.

Only loaded for a text that cannot be read; what is not listed here stands in parentheses as libyaml said it.
"""

from __future__ import annotations

from collections.abc import Mapping

from docctl.core.errors import Words

UNREADABLE = "unreadable characters"
_ZH: Mapping[str, str] = {
    UNREADABLE: "含有无法读取的字符",
    "found character that cannot start any token": "此处出现不能作为开头的字符（如制表符、@ 或 `），请将该值加引号",
    "did not find expected node content": "此处缺少值",
    "did not find expected comment or line break": "此处应为注释或换行",
    "found unexpected end of stream": "引号没有结束",
    "did not find expected <document start>": "文本在此之前已结束，此处多出内容",
    "found unexpected document indicator": "引号中出现行首的 --- 或 ...",
    "did not find expected alphabetic or numeric character": "& 或 * 之后应为字母或数字；若为文字，请加引号",
    "did not find expected tag URI": "! 之后的标签不完整；若为文字，请加引号",
    "did not find expected whitespace or line break": "此处应为空格或换行",
    "did not find URI escaped octet": "标签中的 % 转义不完整",
    "did not find expected hexdecimal number": "双引号中的 \\x、\\u 或 \\U 之后应为十六进制数字",
    "found unknown escape character": "双引号中出现未知的反斜杠转义；请改用单引号",
    "could not find expected directive name": "行首的 % 之后缺少指令名；若为文字，请加引号",
    "found unknown directive name": "行首的 % 之后是未知指令；若为文字，请加引号",
    "found unexpected non-alphabetical character": "指令名中出现非字母字符",
    "found duplicate %YAML directive": "%YAML 指令重复",
    "found duplicate %TAG directive": "%TAG 指令重复",
    "mapping values are not allowed in this context": "此处不能出现“冒号加空格”；若值中含冒号，请将该值加引号",
    "mapping keys are not allowed in this context": "此处不能出现 ?；若为文字，请加引号",
    "block sequence entries are not allowed in this context": "此处不能以“- ”开始列表",
    "did not find expected key": "此处应为字段名；请检查缩进",
    "could not find expected ':'": "字段名之后缺少冒号",
    "found unexpected ':'": "此处出现多余的冒号",
    "did not find expected ',' or '}'": "花括号 { 没有结束，或缺少逗号",
    "did not find expected ',' or ']'": "方括号 [ 没有结束，或缺少逗号",
    "did not find expected '-' indicator": "列表中此处应为“- ”；请检查缩进",
    "found a tab character that violates indentation": "缩进中使用了制表符；请改用空格",
    "found a tab character where an indentation space is expected": "缩进中使用了制表符；请改用空格",
}


def not_yaml(line: int, problem: str | None) -> Words:
    """What is wrong at a line, in both languages; libyaml has no words for characters that it cannot read at all."""
    problem = problem or UNREADABLE
    told = _ZH.get(problem, f"格式有误（{problem}）")
    return Words(f"line {line}: not readable as YAML: {problem}", f"第 {line} 行：YAML 无法读取：{told}")
