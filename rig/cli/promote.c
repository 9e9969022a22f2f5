#include "cli/promote.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/finding_page.h"
#include "cli/output.h"
#include "cli/replay.h"

#define WORD_SIZE 48 /* of what a name says beside class, clause and hash */
#define HASH_SIZE 9  /* 8 digits of the fingerprint */

/* The oracle's name, or the innermost function: what a person knows the finding by. */
static void copy_word(const struct finding *finding, char word[WORD_SIZE])
{
    const char *from = finding->bucket + strcspn(finding->bucket, ":|");
    size_t length = 0;

    if (from[0] != '\0')
        from++;
    for (; from[length] != '\0' && strchr("|<", from[length]) == NULL && length + 1 < WORD_SIZE;
         length++) {
        const char letter = from[length];
        const bool is_plain = (letter >= 'a' && letter <= 'z') ||
                              (letter >= 'A' && letter <= 'Z') ||
                              (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';

        word[length] = letter;
        if (!is_plain)
            word[length] = '-';
    }
    word[length] = '\0';
}

/* "memory-copy_field-5.13-1B-8f14e45f", for free(): class, word, clause, fingerprint. */
static char *seed_name(const struct finding *finding)
{
    const char *dash = strrchr(finding->fingerprint, '-');
    const char *hash = dash != NULL ? dash + 1 : finding->fingerprint;
    char word[WORD_SIZE];

    copy_word(finding, word);
    return text_format("%s%s%s-%s-%.*s", finding_class_name(finding->class),
                       word[0] != '\0' ? "-" : "", word, finding->clause, HASH_SIZE - 1, hash);
}

static int check_equal(const struct file_copy_paths *paths, struct diagnostic *diagnostic)
{
    struct file_content seed = {NULL, 0};
    struct file_content input = {NULL, 0};
    int error = file_read(paths->to, STORE_INPUT_LIMIT, &seed, diagnostic);

    if (error == RIG_OK)
        error = file_read(paths->from, STORE_INPUT_LIMIT, &input, diagnostic);
    if (error == RIG_OK &&
        (seed.size != input.size || memcmp(seed.bytes, input.bytes, seed.size) != 0))
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s: there is another input of that name; move it away", paths->to);
    file_content_free(&seed);
    file_content_free(&input);
    return error;
}

/* Writes the seed; one that is there already, byte by byte, is fine. */
static int write_seed(const struct replay *replay, const char *folder, const char *path,
                      struct diagnostic *diagnostic)
{
    const struct file_copy_paths paths = {replay->inputs[0], path};
    int error = file_make_directories(folder, diagnostic);

    if (error != RIG_OK)
        return error;
    return file_exists(path) ? check_equal(&paths, diagnostic)
                             : file_copy(&paths, STORE_INPUT_LIMIT, diagnostic);
}

static int close_as_fixed(const struct command_line *line, const struct lab *lab,
                          const struct finding *finding, const char *path,
                          struct diagnostic *diagnostic)
{
    const char *why =
        line->given[OPTION_WHY] ? line->text[OPTION_WHY] : "its input does not fail any more";
    char *reason = text_format("%s; regression input %s", why, path);
    const struct finding_closing closing = {FINDING_FIXED, reason, 0};
    int error = reason == NULL ? RIG_ERROR_NO_MEMORY
                               : store_close_finding(lab->store, finding->id, &closing, diagnostic);

    free(reason);
    if (error == RIG_OK && line->given[OPTION_JSON])
        return finding_page_show(line, lab, finding->id, diagnostic);
    if (error == RIG_OK) {
        output_print("F-%" PRId64 " is closed as fixed; its input is now the regression input ",
                     finding->id);
        output_text(path);
        output_print("\n");
    }
    return error;
}

static int promote(const struct command_line *line, const struct lab *lab,
                   const struct finding *finding, const struct replay *replay,
                   struct diagnostic *diagnostic)
{
    char *folder = file_join(replay->harness->corpus, "regressions");
    char *name = seed_name(finding);
    char *path = folder != NULL && name != NULL ? file_join(folder, name) : NULL;
    int error = RIG_ERROR_NO_MEMORY;

    if (path != NULL)
        error = write_seed(replay, folder, path, diagnostic);
    if (error == RIG_OK)
        error = close_as_fixed(line, lab, finding, path, diagnostic);
    free(folder);
    free(name);
    free(path);
    return error;
}

static int refuse_failing(const struct lab *lab, const struct finding *finding,
                          const struct repro_result *result, struct diagnostic *diagnostic)
{
    message_print("F-%" PRId64 " %s: %u of %u attempts, class %s; nothing is promoted", finding->id,
                  result->hits > 0 ? "still fails" : "fails in another way",
                  result->hits > 0 ? result->hits : result->other, result->attempts,
                  report_class_name(result->report.report_class));
    return result->hits > 0 && finding->state == FINDING_FIXED
               ? replay_reopen(lab->store, finding->id, diagnostic)
               : RIG_OK;
}

static int replay_and_promote(const struct command_line *line, struct lab *lab,
                              const struct finding *finding, enum exit_code *exit_code,
                              struct diagnostic *diagnostic)
{
    struct replay replay = {.id = ""};
    struct repro_result *result = calloc(1, sizeof *result);
    int error = result == NULL ? RIG_ERROR_NO_MEMORY
                               : replay_set_finding(&replay, lab, finding, diagnostic);

    if (error == RIG_OK)
        error = replay_find_harness(&replay, lab, line, diagnostic);
    if (error == RIG_OK)
        error = replay_run(&replay, line, result, diagnostic);
    if (error == RIG_OK && result->hits + result->other > 0) {
        *exit_code = EXIT_FINDING;
        error = refuse_failing(lab, finding, result, diagnostic);
    } else if (error == RIG_OK) {
        error = promote(line, lab, finding, &replay, diagnostic);
    }
    free(result);
    replay_clear(&replay);
    return error;
}

int promote_finding(const struct command_line *line, struct lab *lab, int64_t id,
                    enum exit_code *exit_code, struct diagnostic *diagnostic)
{
    struct finding finding;
    int error = store_get_finding(lab->store, id, &finding, diagnostic);

    if (error != RIG_OK)
        return error;
    if (finding.class == FINDING_UNREPRODUCIBLE)
        error = diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                                "F-%" PRId64 " never failed again, so nothing shows that it is "
                                "mended; `ordeal findings close` settles it",
                                id);
    else
        error = replay_and_promote(line, lab, &finding, exit_code, diagnostic);
    finding_clear(&finding);
    return error;
}
