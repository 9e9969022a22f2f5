/* Hostile text in XML and Markdown, and the phrases that reports share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/markup.h"
#include "report/phrases.h"

typedef void markup_function(FILE *out, const char *text);

static void assert_markup(markup_function *markup, const char *text, const char *expected)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);

    assert_non_null(out);
    markup(out, text);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(written, expected);
    free(written);
}

static void test_xml(void **state)
{
    (void)state;
    assert_markup(markup_xml, "a<b>&\"'", "a&lt;b&gt;&amp;&quot;&apos;");
    assert_markup(markup_xml, "]]>", "]]&gt;");
    assert_markup(markup_xml, "x\x01\x1b[31m\x7f", "x\\x01\\x1b[31m\\x7f");
    assert_markup(markup_xml, "\xC3\xA9", "\xC3\xA9");
    assert_markup(markup_xml, "\xC3", "\\xc3");
    assert_markup(markup_xml, "\xC0\x80 \xED\xA0\x80", "\\xc0\\x80 \\xed\\xa0\\x80");
    assert_markup(markup_xml, "\xEF\xBF\xBE\xEF\xBF\xBF", "\\xef\\xbf\\xbe\\xef\\xbf\\xbf");
    assert_markup(markup_xml, "\xE2\x80\xAE", "\\xe2\\x80\\xae");
    assert_markup(markup_xml, "\xC3\xA9\xA9\xA9\xA9\xA9", "\xC3\xA9\\xa9\\xa9\\xa9\\xa9");
    assert_markup(markup_xml, NULL, "");
}

static void test_markdown(void **state)
{
    (void)state;
    assert_markup(markup_markdown, "a|b", "a\\|b");
    assert_markup(markup_markdown, "<script>&", "&lt;script&gt;&amp;");
    assert_markup(markup_markdown, "[x](y) *z* _u_ `c` \\",
                  "\\[x\\](y) \\*z\\* \\_u\\_ \\`c\\` \\\\");
    assert_markup(markup_markdown, "line\nbreak", "line\\nbreak");
    assert_markup(markup_markdown_code, "a`b|c", "`a'b\\|c`");
    assert_markup(markup_markdown_code, "", "`-`");
    assert_markup(markup_markdown_code, "<b>", "`<b>`");
}

static void test_times(void **state)
{
    char text[TIME_PHRASE_SIZE];

    (void)state;
    assert_string_equal(time_phrase(1769860800, text), "2026-01-31 12:00:00 UTC");
    assert_string_equal(time_phrase(0, text), "-");
    assert_string_equal(time_phrase(-5, text), "-");
    assert_string_equal(time_phrase(INT64_MAX, text), "-");
}

static void assert_command(const char *folder, const char *expected)
{
    char *command = repro_command(folder, 12);

    assert_non_null(command);
    assert_string_equal(command, expected);
    free(command);
}

static void test_commands_can_be_pasted(void **state)
{
    (void)state;
    assert_command("ordeal-store", "ordeal repro F-12");
    assert_command("/var/lab", "ordeal repro F-12 --store /var/lab");
    assert_command("my lab", "ordeal repro F-12 --store='my lab'");
    assert_command("it's; rm", "ordeal repro F-12 --store='it'\\''s; rm'");
    assert_command("-x", "ordeal repro F-12 --store='-x'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xml),
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_commands_can_be_pasted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
