/* Answers that a lying adapter program may give about the debug port. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "target/adapter_answer.h"

static const char *read_challenge(const char *text, struct adapter_answer *outcome,
                                  struct adapter_bytes *challenge)
{
    json_t *answer = json_loads(text, 0, NULL);
    const char *wrong;

    assert_non_null(answer);
    memset(challenge, 0, sizeof *challenge);
    wrong = adapter_answer_challenge(answer, outcome, challenge);
    json_decref(answer);
    return wrong;
}

static void takes_a_challenge_of_any_size(void **state)
{
    static char text[2 * ADAPTER_UNLOCK_MAX + 64];
    struct adapter_answer outcome;
    struct adapter_bytes challenge;
    size_t used = strlen(strcpy(text, "{\"outcome\":\"accepted\",\"challenge\":\""));

    (void)state;
    assert_null(
        read_challenge("{\"outcome\":\"accepted\",\"challenge\":\"7F\"}", &outcome, &challenge));
    assert_int_equal(challenge.size, 1);
    memset(text + used, 'a', 2 * ADAPTER_UNLOCK_MAX);
    strcpy(text + used + 2 * ADAPTER_UNLOCK_MAX, "\"}");
    assert_null(read_challenge(text, &outcome, &challenge));
    assert_int_equal(challenge.size, ADAPTER_UNLOCK_MAX);
    strcpy(text + used + 2 * ADAPTER_UNLOCK_MAX, "aa\"}");
    assert_non_null(read_challenge(text, &outcome, &challenge));
}

static void wants_none_where_none_is_given(void **state)
{
    struct adapter_answer outcome;
    struct adapter_bytes challenge;

    (void)state;
    assert_null(read_challenge("{\"outcome\":\"wait\",\"wait_ms\":7}", &outcome, &challenge));
    assert_int_equal(outcome.outcome, ADAPTER_WAIT);
    assert_int_equal(challenge.size, 0);
}

static void refuses_challenges_that_are_none(void **state)
{
    static const char *const answers[] = {
        "{\"outcome\":\"accepted\"}",
        "{\"outcome\":\"accepted\",\"challenge\":\"\"}",
        "{\"outcome\":\"accepted\",\"challenge\":\"0\"}",
        "{\"outcome\":\"accepted\",\"challenge\":\"zz\"}",
        "{\"outcome\":\"accepted\",\"challenge\":17}",
        "{\"outcome\":\"maybe\",\"challenge\":\"00\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct adapter_answer outcome;
        struct adapter_bytes challenge;

        assert_non_null(read_challenge(answers[i], &outcome, &challenge));
    }
}

static void reads_counts(void **state)
{
    static const char *const wrong[] = {"{\"opened\":1}", "{\"refused\":1}",
                                        "{\"opened\":-1,\"refused\":0}",
                                        "{\"opened\":\"1\",\"refused\":0}"};
    struct adapter_unlock_log log = {0};
    json_t *answer = json_loads("{\"opened\":1,\"refused\":2}", 0, NULL);

    (void)state;
    assert_null(adapter_answer_unlock_log(answer, &log));
    assert_int_equal(log.opened, 1);
    assert_int_equal(log.refused, 2);
    json_decref(answer);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        answer = json_loads(wrong[i], 0, NULL);
        assert_non_null(adapter_answer_unlock_log(answer, &log));
        json_decref(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_challenge_of_any_size),
        cmocka_unit_test(wants_none_where_none_is_given),
        cmocka_unit_test(refuses_challenges_that_are_none),
        cmocka_unit_test(reads_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
