/*
 * Hostile text inside XML and Markdown. What a device, a fuzzer or a symbol table says may hold
 * any byte; each function writes it so that it can neither end the surrounding syntax nor drive a
 * terminal: control characters, bytes that are not UTF-8 and characters that reorder text become
 * \xNN as text_escape() writes them, then the characters with a meaning in the syntax are escaped.
 *
 * TEXT is read up to its NUL; NULL is written as nothing. A write that fails shows in ferror(out),
 * for the caller to check once.
 */
#ifndef ORDEAL_REPORT_MARKUP_H
#define ORDEAL_REPORT_MARKUP_H

#include <stdio.h>

/*
 * XML 1.0 content, and attributes in either quotes. U+FFFE and U+FFFF, which XML 1.0 leaves out
 * (section 2.2, Char), become \xNN too.
 */
void markup_xml(FILE *out, const char *text);

/* Markdown text and table cells: reads as written, makes no link, tag, emphasis or cell. */
void markup_markdown(FILE *out, const char *text);

/*
 * A Markdown code span with its quotes: ` becomes ', | becomes \| (for tables). "-" when TEXT is
 * empty or NULL.
 */
void markup_markdown_code(FILE *out, const char *text);

#endif
