/* Standard descriptors that the caller has closed. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/output.h"

/* 0 when all are taken after output_open() and writing to those that were closed fails. */
static int check_closed(unsigned closed)
{
    struct diagnostic diagnostic = {.text = ""};
    char byte = 0;

    for (int number = 0; number < 3; number++) {
        if ((closed >> number & 1U) != 0)
            (void)close(number);
    }
    if (output_open(&diagnostic) != RIG_OK)
        return 1;
    for (int number = 0; number < 3; number++) {
        if (fcntl(number, F_GETFD) < 0)
            return 2;
        if ((closed >> number & 1U) == 0)
            continue;
        errno = 0;
        if ((number == 0 ? read(number, &byte, 1) : write(number, &byte, 1)) >= 0 || errno != EBADF)
            return 3;
    }
    return open("/dev/null", O_RDONLY) > STDERR_FILENO ? 0 : 4;
}

static void test_no_file_takes_the_place_of_a_closed_one(void **state)
{
    (void)state;
    for (unsigned closed = 0; closed < 8; closed++) {
        int status = 0;
        const pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0)
            _exit(check_closed(closed));
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_file_takes_the_place_of_a_closed_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
