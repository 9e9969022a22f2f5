/*
 * Method: QEMU is started with its core halted and its monitor on stdin, which holds the questions and the
 * request to end. A machine whose memory is the flash refuses by itself a backend of another size. Flash behind
 * an NVMC begins at address 0, so that its last word can be looked at and the one behind it cannot.
 */
#include "emulator/machine_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process.h"
#include "base/text.h"

enum {
    LIMIT_MS = 20000,
    TEXT_SIZE = 256,
    WORDS = 20,
    WORD = 4,
};

#define WRONG_NAME "unsupported machine type"
#define WRONG_SIZE "Invalid RAM size, should be "

/* What QEMU was started with and what it said. */
struct question {
    const struct machine_wanted *wanted;
    const char *qemu;
    char last[TEXT_SIZE];   /* the answer for the last word of flash begins so */
    char beyond[TEXT_SIZE]; /* the answer for the word behind it is this */
};

/* The questions, and their end, on a socket that is the caller's. */
static int write_questions(const struct question *question, int *reader,
                           struct diagnostic *diagnostic)
{
    const uint64_t size = question->wanted->flash_size;
    char text[TEXT_SIZE] = "quit\n";
    int ends[2];
    bool written;

    if (question->wanted->flash_kind == EMULATOR_FLASH_NVMC)
        (void)snprintf(text, sizeof text, "x /1wx 0x%" PRIx64 "\nx /1wx 0x%" PRIx64 "\nquit\n",
                       size - WORD, size);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot open a socket for QEMU: %s",
                               strerror(errno));
    written = write(ends[1], text, strlen(text)) == (ssize_t)strlen(text);
    (void)close(ends[1]);
    *reader = ends[0];
    return written ? RIG_OK
                   : diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot write to a socket");
}

static int start_and_wait(const struct question *question, struct process **process,
                          struct diagnostic *diagnostic)
{
    const struct machine_wanted *wanted = question->wanted;
    const bool is_file = wanted->flash_kind == EMULATOR_FLASH_FILE;
    char *machine = text_format("%s%s", wanted->machine, is_file ? ",memory-backend=nor" : "");
    char *memory = text_format("memory-backend-ram,id=nor,size=%" PRIu64, wanted->flash_size);
    const char *const argv[WORDS] = {question->qemu,
                                     "-no-user-config",
                                     "-nodefaults",
                                     "-display",
                                     "none",
                                     "-serial",
                                     "none",
                                     "-S",
                                     "-monitor",
                                     "stdio",
                                     "-M",
                                     machine,
                                     is_file ? "-object" : NULL,
                                     memory};
    struct process_options options = {.argv = argv};
    int error = machine != NULL && memory != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK)
        error = write_questions(question, &options.input, diagnostic);
    if (error == RIG_OK)
        error = process_run(&options, LIMIT_MS, process, diagnostic);
    if (options.input > 0)
        (void)close(options.input);
    free(machine);
    free(memory);
    return error;
}

/* The monitor's answers, between what it echoes. */
static bool has_flash(const struct question *question, const struct process *process)
{
    size_t size = 0;
    const char *said = process_output(process, PROCESS_STDOUT, &size);

    return question->wanted->flash_kind != EMULATOR_FLASH_NVMC ||
           (strstr(said, question->last) != NULL && strstr(said, question->beyond) != NULL);
}

static int judge_end(const struct question *question, const struct process *process,
                     enum machine_flaw *flaw, struct diagnostic *diagnostic)
{
    const struct machine_wanted *wanted = question->wanted;
    const struct process_end *end = process_end(process);
    size_t size = 0;
    const char *said = process_output(process, PROCESS_STDERR, &size);
    const char *right = strstr(said, WRONG_SIZE);
    char how[64];

    if (end->outcome == PROCESS_EXITED && end->exit_code == 0) {
        *flaw = has_flash(question, process) ? MACHINE_SOUND : MACHINE_OTHER_FLASH;
        if (*flaw == MACHINE_OTHER_FLASH)
            diagnostic_set(diagnostic, "machine %s has no flash of %" PRIu64 " bytes at address 0",
                           wanted->machine, wanted->flash_size);
        return RIG_OK;
    }
    if (strstr(said, WRONG_NAME) != NULL) {
        *flaw = MACHINE_UNKNOWN;
        diagnostic_set(diagnostic, "%s does not know the machine %s; `%s -M help` lists them",
                       question->qemu, wanted->machine, question->qemu);
        return RIG_OK;
    }
    if (right != NULL) {
        right += strlen(WRONG_SIZE);
        *flaw = MACHINE_OTHER_FLASH;
        diagnostic_set(diagnostic, "machine %s has %.*s, and not %" PRIu64 " bytes",
                       wanted->machine, (int)strcspn(right, "\r\n"), right, wanted->flash_size);
        return RIG_OK;
    }
    process_end_describe(end, how, sizeof how);
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s with machine %s: %s: %.*s",
                           question->qemu, wanted->machine, how, (int)strcspn(said, "\r\n"),
                           size > 0 ? said : "it said nothing");
}

int machine_check(const struct machine_wanted *wanted, enum machine_flaw *flaw,
                  struct diagnostic *diagnostic)
{
    struct question question = {.wanted = wanted,
                                .qemu = wanted->qemu != NULL ? wanted->qemu : "qemu-system-arm"};
    struct process *process = NULL;
    int error;

    *flaw = MACHINE_SOUND;
    (void)snprintf(question.last, sizeof question.last, "%08" PRIx64 ": 0x",
                   wanted->flash_size - WORD);
    (void)snprintf(question.beyond, sizeof question.beyond, "%08" PRIx64 ": Cannot access memory",
                   wanted->flash_size);
    error = start_and_wait(&question, &process, diagnostic);
    if (error == RIG_OK)
        error = judge_end(&question, process, flaw, diagnostic);
    process_destroy(process);
    return error;
}
