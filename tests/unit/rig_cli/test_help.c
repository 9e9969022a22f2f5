/* Help, manual page and completion name all that the tables hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/completion.h"
#include "cli/help.h"
#include "cli/manual_page.h"

#define WIDEST_LINE 90

/* Renders one of the texts; for free(). */
static char *render(void (*write)(FILE *out))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    write(out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static char *render_command(enum command_id command)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    help_write_command(out, command);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void assert_narrow(const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        assert_true(length <= WIDEST_LINE);
        text += length;
        text += *text == '\n' ? 1 : 0;
    }
}

static void test_help_names_each_command(void **state)
{
    char *text = render(help_write_all);

    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        assert_non_null(strstr(text, command_spec((enum command_id)id)->name));
        assert_non_null(strstr(text, command_spec((enum command_id)id)->summary));
    }
    assert_non_null(strstr(text, "130"));
    assert_null(strstr(text, "explore")); /* what is not there is not promised */
    assert_narrow(text);
    free(text);
}

static void test_each_command_has_help(void **state)
{
    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        char *text = render_command((enum command_id)id);

        assert_non_null(strstr(text, command_spec((enum command_id)id)->name));
        for (int option = 0; option < OPTION_COUNT; option++) {
            char forms[HELP_FORMS_SIZE];
            const struct option_spec *spec = option_spec((enum option_id)option);
            const char *at = strstr(text, help_option_forms(spec, forms));
            assert_true((at != NULL) == command_takes((enum command_id)id, spec->id));
        }
        assert_narrow(text);
        free(text);
    }
}

/* The manual page has the option of that name, in bold. */
static void assert_form(const char *text, const char *escaped_name)
{
    char form[96];

    (void)snprintf(form, sizeof form, "\\fB\\-\\-%s\\fR", escaped_name);
    assert_non_null(strstr(text, form));
}

static void test_manual_page_names_each_option(void **state)
{
    char *text = render(manual_page_write);

    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        char heading[64];
        (void)snprintf(heading, sizeof heading, ".SS %s\n",
                       command_spec((enum command_id)id)->name);
        assert_non_null(strstr(text, heading));
    }
    for (int id = 0; id < OPTION_COUNT; id++) {
        const char *name = option_spec((enum option_id)id)->name;
        char escaped[64] = "";

        for (size_t used = 0; *name != '\0'; name++) { /* a bare dash may become a hyphen */
            used += (size_t)snprintf(escaped + used, sizeof escaped - used, "%s%c",
                                     *name == '-' ? "\\" : "", *name);
        }
        assert_form(text, escaped);
    }
    assert_null(strstr(text, "\n\n"));
    free(text);
}

static void test_completion_names_each_option(void **state)
{
    char *text = render(completion_write);

    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        char branch[64];
        (void)snprintf(branch, sizeof branch, "        %s) offers='",
                       command_spec((enum command_id)id)->name);
        assert_non_null(strstr(text, branch));
    }
    for (int id = 0; id < OPTION_COUNT; id++) {
        char word[64];
        (void)snprintf(word, sizeof word, "--%s", option_spec((enum option_id)id)->name);
        assert_non_null(strstr(text, word));
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help_names_each_command),
        cmocka_unit_test(test_each_command_has_help),
        cmocka_unit_test(test_manual_page_names_each_option),
        cmocka_unit_test(test_completion_names_each_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
